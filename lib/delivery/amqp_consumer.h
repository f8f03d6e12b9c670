#pragma once
// The Source over one broker. Connection death: rule R10; leaving: R9 and R11 of doc/delivery.md.
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/delivery/amqp_connection.h"
#include "lib/delivery/amqp_message.h"
#include "lib/delivery/amqp_payload.h"
#include "lib/delivery/amqp_source.h"

namespace alco {

class AmqpConsumer : public Source {
 public:
  explicit AmqpConsumer(AmqpOptions options);

  Clock::time_point prepare(std::vector<pollfd>& fds, bool wanted) override;
  void work() override;
  bool next(Record& record) override;
  bool ended() const override { return stopped_; }
  bool connected() const override { return consuming_; }
  void acked(uint64_t count) override;
  bool lost() override { return std::exchange(lost_, false); }
  bool give_back() override;
  std::string origin(uint64_t nth) const override;
  void stop() override;
  void close() override;
  bool reload() override;
  SourceCounters counters() const override;
  std::string trouble() const override { return trouble_; }

 private:
  struct Delivered {  // a message of which not every record is acknowledged
    uint64_t tag;
    uint64_t records;
    std::string origin;
  };

  void connect();
  void subscribe();
  void read_frames();
  bool read_frame(timeval limit);
  void cancel();
  void take_frame(const amqp_frame_t& frame);
  void take_message(AmqpMessage message);
  void send_acks(bool now);
  void nack_all();
  void leave();
  void break_off(const std::string& why);  // the connection is of no use any more
  void forget();
  void forget_connection();
  template <class Call>
  void guarded(Call call);

  AmqpOptions options_;
  AmqpUrl url_;
  RejectedFile rejected_;
  AmqpAssembler assembler_;
  AmqpPayload payload_;
  std::unique_ptr<AmqpConnection> connection_;

  bool consuming_ = false, cancelling_ = false, stopped_ = false, lost_ = false, wanted_ = true;
  bool ever_consumed_ = false;
  bool maybe_more_ = false;  // frames may wait that poll(2) can't see
  std::string trouble_;      // why the broker is not there, as it was reported
  unsigned failures_ = 0;    // to connect, in a row
  Clock::time_point next_try_{};
  Clock::time_point subscribed_{};

  std::deque<Record> ready_;         // not given out yet
  std::deque<Delivered> delivered_;  // in the order of their tags; also those that are ready_
  uint64_t bytes_ = 0;               // of ready_
  uint64_t last_tag_ = 0;            // the newest that the broker gave on this connection
  uint64_t ack_tag_ = 0;             // acknowledge up to here
  uint64_t unsent_acks_ = 0;         // messages
  Clock::time_point oldest_ack_{};
  std::vector<Record> made_;
  SourceCounters counters_;
};

}  // namespace alco
