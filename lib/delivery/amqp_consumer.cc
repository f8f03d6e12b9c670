#include "lib/delivery/amqp_consumer.h"

#include <algorithm>
#include <random>

#include "lib/delivery/amqp_advice.h"
#include "lib/delivery/amqp_topology.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr auto kChannel = AmqpConnection::kChannel;
constexpr char kTag[] = "alco";  // of the consumer
constexpr uint64_t kAcksTogether = 100;
constexpr milliseconds kAckDelay{50};
constexpr unsigned kFramesAtOnce = 4000;
constexpr milliseconds kFirstDelay{200}, kLongestDelay{30'000};
constexpr seconds kSettled{10};  // a connection that lived so long was a good one
constexpr seconds kCancelLimit{10};

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

// What the broker or the network does wrong ends the connection; what a person has to mend ends the program. A right
// that was there before may come back: a broker that starts refuses logins until it has its users.
template <class Call>
void AmqpConsumer::guarded(Call call) {
  try {
    call();
  } catch (const Error& error) {
    if (error.code() != EX_UNAVAILABLE && (error.code() != EX_NOPERM || !ever_consumed_)) throw;
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
  const std::string queue = "queue " + options_.settings.queue;
  amqp_basic_qos(connection_->state(), kChannel, 0, options_.prefetch, 0);
  connection_->check(queue + ": set the prefetch");
  amqp_basic_consume(connection_->state(), kChannel, amqp_bytes(options_.settings.queue), amqp_cstring_bytes(kTag), 0,
                     0, 0, amqp_empty_table);
  connection_->check(queue + ": consume");
  consuming_ = maybe_more_ = ever_consumed_ = true;
  subscribed_ = Clock::now();
}

void AmqpConsumer::forget() {
  delivered_.clear();
  ready_.clear();
  bytes_ = unsent_acks_ = 0;
}

// All that belongs to a connection that is gone.
void AmqpConsumer::forget_connection() {
  connection_.reset();
  consuming_ = cancelling_ = maybe_more_ = false;
  last_tag_ = ack_tag_ = 0;
  assembler_.reset();
  payload_.new_epoch();
  forget();
  lost_ = true;
}

void AmqpConsumer::break_off(const std::string& why) {
  if (consuming_ && Clock::now() - subscribed_ > kSettled) failures_ = 0;
  forget_connection();
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
    if (!read_frame(timeval{0, 0})) return;
  }
}

// False: none came in time.
bool AmqpConsumer::read_frame(timeval limit) {
  amqp_frame_t frame;
  const int status = amqp_simple_wait_frame_noblock(connection_->state(), &frame, &limit);
  if (status == AMQP_STATUS_TIMEOUT) return false;
  connection_->check_status(status, "read");
  take_frame(frame);
  return true;
}

// What comes before the broker's answer is dropped here and given back with the rest: amqp_basic_cancel() would keep
// all of it in memory meanwhile.
void AmqpConsumer::cancel() {
  if (!consuming_) return;
  amqp_basic_cancel_t method{amqp_cstring_bytes(kTag), 0};
  connection_->check_status(amqp_send_method(connection_->state(), kChannel, AMQP_BASIC_CANCEL_METHOD, &method),
                            "cancel");
  cancelling_ = true;
  const auto until = Clock::now() + kCancelLimit;
  while (cancelling_) {
    if (!read_frame(timeval{1, 0}) && Clock::now() > until)
      throw Error(EX_UNAVAILABLE, url_.peer() + ": no answer to cancel");
  }
  assembler_.reset();
  consuming_ = false;
}

void AmqpConsumer::take_frame(const amqp_frame_t& frame) {
  if (frame.frame_type == AMQP_FRAME_METHOD) {
    const amqp_method_t& method = frame.payload.method;
    if (method.id == AMQP_BASIC_DELIVER_METHOD)
      last_tag_ = static_cast<const amqp_basic_deliver_t*>(method.decoded)->delivery_tag;
    if (method.id == AMQP_BASIC_CANCEL_OK_METHOD) cancelling_ = false;
    if (method.id == AMQP_BASIC_CANCEL_METHOD)
      throw Error(EX_UNAVAILABLE,
                  url_.peer() + ": queue " + options_.settings.queue + ": the broker ended the consumer");
    if (method.id == AMQP_CHANNEL_CLOSE_METHOD || method.id == AMQP_CONNECTION_CLOSE_METHOD) {
      amqp_rpc_reply_t reply{};
      reply.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION;
      reply.reply = method;
      const std::string said = describe(reply);
      throw Error(EX_UNAVAILABLE,
                  url_.peer() + ": queue " + options_.settings.queue + ": " + said + closing_advice(said));
    }
  }
  if (!cancelling_ && assembler_.add(frame)) take_message(assembler_.take());
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
  cancel();
  if (last_tag_ > ack_tag_)
    connection_->check_status(amqp_basic_nack(connection_->state(), kChannel, last_tag_, 1, 1), "give back");
  ack_tag_ = last_tag_;
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
  if (connection_) guarded([&] { cancel(); });
}

void AmqpConsumer::close() {
  stopped_ = true;
  if (connection_) guarded([&] { leave(); });
}

void AmqpConsumer::leave() {
  nack_all();
  amqp_channel_close(connection_->state(), kChannel, AMQP_REPLY_SUCCESS);
  amqp_connection_close(connection_->state(), AMQP_REPLY_SUCCESS);
  forget_connection();
}

bool AmqpConsumer::reload() {
  if (!options_.reload) return true;
  AmqpSettings fresh;
  try {
    fresh = options_.reload();
    parse_amqp_url(fresh.url);
  } catch (const Error& error) {
    log::error("%s; the old configuration stays", error.what());
    return false;
  }
  const AmqpSettings old = std::exchange(options_.settings, fresh);
  const bool same_place = old.url == fresh.url && old.exchange == fresh.exchange && old.queue == fresh.queue &&
                          old.durable == fresh.durable;
  if (connection_ && same_place) {
    guarded([&] { change_bindings(*connection_, old, fresh); });
    maybe_more_ = true;  // what came meanwhile is in the library's memory
    return true;
  }
  if (connection_) guarded([&] { leave(); });
  url_ = parse_amqp_url(fresh.url);
  next_try_ = Clock::now();
  return true;
}

SourceCounters AmqpConsumer::counters() const {
  SourceCounters all = counters_;
  all.rejected += payload_.rejected();
  return all;
}

}  // namespace alco
