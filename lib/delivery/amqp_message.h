#pragma once
// A delivered message, put together from its frames.
#include <amqp.h>

#include <cstdint>
#include <optional>
#include <string>

#include "lib/delivery/rejected_file.h"

namespace alco {

struct AmqpMessage {
  uint64_t tag = 0;
  bool redelivered = false;
  std::string exchange, routing_key;
  std::string content_encoding, message_id;
  std::optional<uint64_t> timestamp;  // the property, in seconds
  std::string headers;                // the member "headers" as JSON object; empty if there are none
  std::string body;
  uint64_t length = 0;  // of the body; more than body.size() if it was too long and went to the rejected file

  std::string origin() const;  // routing key, headers and so on as a JSON object
};

// Takes frames in the order in which they come and never waits for the next one.
class AmqpAssembler {
 public:
  // A body longer than max_body goes to `rejected` (synced when complete), and only its first 64 KiB into the message.
  AmqpAssembler(RejectedFile& rejected, uint64_t max_body) : rejected_(rejected), max_body_(max_body) {}

  // True if the frame completed a message; take() it before the next call.
  bool add(const amqp_frame_t& frame);
  AmqpMessage take() { return std::move(message_); }
  void reset() { state_ = State::method; }  // the connection broke

 private:
  enum class State { method, header, body };
  void take_properties(const amqp_basic_properties_t& properties);
  void take_body(std::string_view part);
  bool complete();

  RejectedFile& rejected_;
  uint64_t max_body_;
  State state_ = State::method;
  AmqpMessage message_;
  uint64_t missing_ = 0;  // bytes of the body that are still to come
};

void append_json(std::string& out, const amqp_table_t& table);

}  // namespace alco
