#include "lib/delivery/amqp_consumer.h"

#include <algorithm>
#include <random>

#include "lib/delivery/amqp_topology.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kChannel = AmqpConnection::kChannel;
constexpr uint64_t kAcksTogether = 100;
constexpr milliseconds kAckDelay{50};
constexpr unsigned kFramesAtOnce = 4000;
constexpr milliseconds kFirstDelay{200}, kLongestDelay{30'000};
constexpr seconds kSettled{10};  // a connection that lived so long was a good one

milliseconds delay_after(unsigned failures) {
  const auto longest = std::min(kLongestDelay, kFirstDelay * (1 << std::min(failures, 8u)));
  std::random_device random;
  return longest / 2 + milliseconds(random() % static_cast<unsigned>(longest.count() / 2));
}

}  // namespace

AmqpConsumer::AmqpConsumer(AmqpOptions options)
    : options_(std::move(options)),
      url_(parse_amqp_url(options_.settings.url)),
      rejected_(real_disk(), options_.rejected_file),
      assembler_(rejected_, options_.max_record),
      payload_(rejected_, options_) {}

// What the broker or the network does wrong ends the connection; what a person has to mend ends the program.
template <class Call>
void AmqpConsumer::guarded(Call call) {
  try {
    call();
  } catch (const Error& error) {
    if (error.code() != EX_UNAVAILABLE) throw;
    break_off(error.what());
  }
}

void AmqpConsumer::connect() {
  guarded([&] {
    connection_ = std::make_unique<AmqpConnection>(url_);
    declare_topology(*connection_, options_.settings);
    remove_stale_bindings(*connection_, options_.settings, url_);
    subscribe();
    if (!trouble_.empty())
      log::notice("%s: consuming from %s again", url_.peer().c_str(), options_.settings.queue.c_str());
    trouble_.clear();
  });
}

void AmqpConsumer::subscribe() {
  amqp_basic_qos(connection_->state(), kChannel, 0, options_.prefetch, 0);
  connection_->check("set the prefetch");
  amqp_basic_consume(connection_->state(), kChannel, amqp_bytes(options_.settings.queue), amqp_cstring_bytes("alco"), 0,
                     0, 0, amqp_empty_table);
  connection_->check("consume");
  consuming_ = maybe_more_ = true;
  subscribed_ = Clock::now();
}

void AmqpConsumer::forget() {
  delivered_.clear();
  ready_.clear();
  bytes_ = unsent_acks_ = 0;
}

void AmqpConsumer::break_off(const std::string& why) {
  if (consuming_ && Clock::now() - subscribed_ > kSettled) failures_ = 0;
  connection_.reset();
  consuming_ = maybe_more_ = false;
  assembler_.reset();
  payload_.new_epoch();
  forget();
  lost_ = true;
  ++counters_.reconnects;
  const milliseconds delay = delay_after(failures_++);
  next_try_ = Clock::now() + delay;
  if (stopped_) return;
  trouble_ = why;
  log::warning_limited("broker", "%s; trying again", why.c_str());
}

Clock::time_point AmqpConsumer::prepare(std::vector<pollfd>& fds, bool wanted) {
  wanted_ = wanted;
  if (!connection_) return stopped_ ? Clock::time_point::max() : next_try_;
  const auto now = Clock::now();
  if (wanted && maybe_more_) return now;
  if (bytes_ < options_.max_bytes) fds.push_back({connection_->fd(), POLLIN, 0});
  // librabbitmq sends and checks heartbeats only when it is called.
  auto until = now + milliseconds(500) * std::max(1, url_.heartbeat / 2);
  if (unsent_acks_ > 0) until = std::min(until, oldest_ack_ + kAckDelay);
  return until;
}

void AmqpConsumer::work() {
  if (!connection_) {
    if (!stopped_ && Clock::now() >= next_try_) connect();
    return;
  }
  guarded([&] {
    read_frames();
    if (connection_ && !consuming_ && wanted_ && !stopped_) subscribe();
    if (connection_) send_acks(false);
  });
}

void AmqpConsumer::read_frames() {
  maybe_more_ = false;
  for (unsigned i = 0; connection_ && bytes_ < options_.max_bytes; ++i) {
    if (i == kFramesAtOnce) {
      maybe_more_ = true;
      return;
    }
    constexpr timeval kNoWait{0, 0};
    amqp_frame_t frame;
    const int status = amqp_simple_wait_frame_noblock(connection_->state(), &frame, &kNoWait);
    if (status == AMQP_STATUS_TIMEOUT) return;
    connection_->check_status(status, "read");
    take_frame(frame);
  }
}

void AmqpConsumer::take_frame(const amqp_frame_t& frame) {
  if (frame.frame_type == AMQP_FRAME_METHOD) {
    const amqp_method_t& method = frame.payload.method;
    if (method.id == AMQP_BASIC_CANCEL_METHOD)
      throw Error(EX_UNAVAILABLE,
                  url_.peer() + ": queue " + options_.settings.queue + ": the broker ended the consumer");
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD || method.id == AMQP_CONNECTION_CLOSE_METHOD) {
      amqp_rpc_reply_t reply{};
      reply.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION;
      reply.reply = method;
      throw Error(EX_UNAVAILABLE, url_.peer() + ": " + describe(reply));
    }
  }
  if (!assembler_.add(frame)) return;
  take_message(assembler_.take());
  amqp_maybe_release_buffers(connection_->state());
}

void AmqpConsumer::take_message(AmqpMessage message) {
  ++counters_.received;
  if (message.redelivered) ++counters_.redelivered;
  if (message.length > message.body.size()) ++counters_.rejected;
  made_.clear();
  payload_.records(message, now(), made_);
  delivered_.push_back({message.tag, made_.size(), message.origin()});
  for (Record& record : made_) {
    bytes_ += record.json.size();
    ready_.push_back(std::move(record));
  }
}

bool AmqpConsumer::next(Record& record) {
  if (ready_.empty() || stopped_) return false;
  bytes_ -= ready_.front().json.size();
  record = std::move(ready_.front());
  ready_.pop_front();
  return true;
}

void AmqpConsumer::acked(uint64_t count) {
  while (count > 0 && !delivered_.empty()) {
    Delivered& oldest = delivered_.front();
    const uint64_t part = std::min(count, oldest.records);
    count -= part;
    oldest.records -= part;
    if (oldest.records > 0) return;
    ack_tag_ = oldest.tag;
    if (unsent_acks_++ == 0) oldest_ack_ = Clock::now();
    delivered_.pop_front();
  }
  if (connection_) guarded([&] { send_acks(false); });
}

void AmqpConsumer::send_acks(bool now) {
  if (unsent_acks_ == 0) return;
  if (!now && unsent_acks_ < kAcksTogether && Clock::now() - oldest_ack_ < kAckDelay) return;
  connection_->check_status(amqp_basic_ack(connection_->state(), kChannel, ack_tag_, 1), "acknowledge");
  unsent_acks_ = 0;
}

// By basic.nack and not by dropping the connection: quorum queues count the latter as a failed delivery.
void AmqpConsumer::nack_all() {
  send_acks(true);
  if (consuming_) {
    amqp_basic_cancel(connection_->state(), kChannel, amqp_cstring_bytes("alco"));
    connection_->check("cancel");
    consuming_ = false;
    read_frames();  // what was on its way
  }
  if (!delivered_.empty())
    connection_->check_status(amqp_basic_nack(connection_->state(), kChannel, delivered_.back().tag, 1, 1),
                              "give back");
  forget();
}

bool AmqpConsumer::give_back() {
  if (!connection_) return false;
  guarded([&] { nack_all(); });
  payload_.new_epoch();
  lost_ = false;
  wanted_ = false;
  return true;
}

std::string AmqpConsumer::origin(uint64_t nth) const {
  for (const Delivered& message : delivered_) {
    if (nth < message.records) return message.origin;
    nth -= message.records;
  }
  return "";
}

void AmqpConsumer::stop() {
  stopped_ = true;
  if (!connection_ || !consuming_) return;
  guarded([&] {
    amqp_basic_cancel(connection_->state(), kChannel, amqp_cstring_bytes("alco"));
    connection_->check("cancel");
    consuming_ = false;
  });
}

void AmqpConsumer::close() {
  stopped_ = true;
  if (!connection_) return;
  guarded([&] {
    nack_all();
    amqp_channel_close(connection_->state(), kChannel, AMQP_REPLY_SUCCESS);
    amqp_connection_close(connection_->state(), AMQP_REPLY_SUCCESS);
  });
  connection_.reset();
}

void AmqpConsumer::reload() {
  if (!options_.reload) return;
  AmqpSettings fresh;
  try {
    fresh = options_.reload();
    parse_amqp_url(fresh.url);
  } catch (const Error& error) {
    log::error("%s; the old configuration stays", error.what());
    return;
  }
  const AmqpSettings old = std::exchange(options_.settings, fresh);
  const bool same_place = old.url == fresh.url && old.exchange == fresh.exchange && old.queue == fresh.queue &&
                          old.durable == fresh.durable;
  if (!connection_) {
    url_ = parse_amqp_url(fresh.url);
    return;
  }
  if (same_place) return guarded([&] { change_bindings(*connection_, old, fresh); });
  guarded([&] { nack_all(); });
  url_ = parse_amqp_url(fresh.url);
  connection_.reset();
  assembler_.reset();
  payload_.new_epoch();
  forget();
  lost_ = true;
  consuming_ = false;
  next_try_ = Clock::now();
}

SourceCounters AmqpConsumer::counters() const {
  SourceCounters all = counters_;
  all.rejected += payload_.rejected();
  return all;
}

}  // namespace alco
