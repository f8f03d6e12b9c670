#pragma once
// A message to records: unpacks, splits arrays of events, and gives each record its identity (rules R1 and R12).
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/collect/json_record.h"
#include "lib/delivery/amqp_message.h"
#include "lib/delivery/amqp_source.h"

namespace alco {

class AmqpPayload {
 public:
  AmqpPayload(RejectedFile& rejected, const AmqpOptions& options);

  // At least one record. `arrival` is the time of what has none of its own and no AMQP timestamp.
  void records(const AmqpMessage& message, Nanoseconds arrival, std::vector<Record>& out);
  // The connection is a new one: copies of a message are counted from none.
  void new_epoch();
  uint64_t rejected() const { return refused_; }  // bodies that could not be unpacked

 private:
  void add(const AmqpMessage& message, std::string_view text, uint64_t index, Nanoseconds arrival,
           std::vector<Record>& out);
  void add_truncated(const AmqpMessage& message, Nanoseconds arrival, std::vector<Record>& out);
  void add_undecoded(const AmqpMessage& message, const std::string& why, Nanoseconds arrival, std::vector<Record>& out);
  MessageId identify(const AmqpMessage& message, uint64_t index, bool timed, bool numbered);
  uint64_t copies_before(const MessageId& id);
  void add_amqp_fields(const AmqpMessage& message, bool taken, std::string& json) const;

  RejectedFile& rejected_;
  const AmqpOptions& options_;
  JsonRecords json_;
  uint64_t refused_ = 0;
  uint64_t salt_;

  struct IdHashing {
    size_t operator()(const MessageId& id) const { return id.low; }
  };
  // Messages seen in this epoch; the older half is forgotten now and then.
  std::unordered_map<MessageId, uint32_t, IdHashing> recent_, older_;
};

// The elements of a JSON array of objects; empty if `text` is anything else. Finds their ends, does not check them.
std::vector<std::string_view> split_array(std::string_view text);

// gzip or zlib. False: not such data, cut short, or more than `limit` bytes; `error` says which.
[[nodiscard]] bool unpack(std::string_view packed, size_t limit, std::string& out, std::string& error);

}  // namespace alco
