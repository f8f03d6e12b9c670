#include "lib/http/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

namespace alco::http {
namespace {

#ifdef POLLRDHUP
constexpr short kHangUp = POLLRDHUP;
#else
constexpr short kHangUp = 0;
#endif

constexpr size_t kLeastTaken = 64 * 1024;  // in Limits::stall_time

}  // namespace

Connection::Connection(Fd fd, std::string peer, const Limits& limits, std::shared_ptr<OutboxShared> shared,
                       Clock::time_point now)
    : limits_(limits), shared_(std::move(shared)), fd_(std::move(fd)), peer_(std::move(peer)), since_(now) {}

Connection::~Connection() { close(); }

void Connection::close() {
  if (exchange_) {
    exchange_->request.cancel = true;
    exchange_->outbox->abandon();
    exchange_.reset();
  }
  fd_.reset();
  state_ = State::closed;
}

// From now on the connection ends with a reset, however it ends: where no chunks and perhaps no length say how long the
// body is, its end would otherwise be taken for the answer's.
void Connection::reset_at_end(bool reset) {
  const linger at_once{reset, 0};
  setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

void Connection::enter(State state, Clock::time_point now) {
  state_ = state;
  since_ = now;
}

short Connection::events() const {
  if (state_ == State::closed) return 0;
  short events = kHangUp;
  if (input_.size() < limits_.head_bytes + limits_.body_bytes) events |= POLLIN;
  if (exchange_ && exchange_->outbox->pending() > 0) events |= POLLOUT;
  return events;
}

Clock::time_point Connection::due() const {
  switch (state_) {
    case State::reading:
      return since_ + (began_ ? limits_.head_time : limits_.idle_time);
    case State::lingering:
      return since_ + kLinger;
    case State::closed:
      return since_;
    case State::answering:
      break;
  }
  Clock::time_point due = Clock::time_point::max();
  if (exchange_->phase == Exchange::Phase::working && !exchange_->streamed && !exchange_->request.late)
    due = exchange_->deadline;
  if (stalled_since_) due = std::min(due, *stalled_since_ + limits_.stall_time);
  return due;
}

bool Connection::step(short revents, Clock::time_point now) {
  if (revents & (POLLERR | POLLNVAL)) {
    close();
    return false;
  }
  bool complete = false;
  if (revents & (POLLIN | POLLHUP | kHangUp)) complete = receive(now, revents & (POLLHUP | kHangUp));
  if (state_ == State::answering && exchange_) {
    flush(now);
    if (state_ == State::reading) complete = parse(now);  // what came behind the request before
  }
  if (state_ != State::closed && !complete) check_time(now);
  return complete;
}

bool Connection::receive(Clock::time_point now, bool hung_up) {
  char buffer[16 * 1024];
  const size_t most = limits_.head_bytes + limits_.body_bytes;
  while (true) {
    const size_t room = state_ == State::lingering ? sizeof buffer : std::min(sizeof buffer, most - input_.size());
    if (room == 0) {
      if (hung_up) close();
      break;
    }
    const ssize_t got = recv(fd_.get(), buffer, room, MSG_DONTWAIT);
    if (got == 0) {  // gone, or so near to it that nobody waits for an answer
      close();
      return false;
    }
    if (got < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) close();
      break;
    }
    if (state_ == State::lingering) return false;  // thrown away; a little at a time
    input_.append(buffer, static_cast<size_t>(got));
    if (state_ == State::reading && parse(now)) return true;
    if (static_cast<size_t>(got) < room || state_ != State::reading) break;
  }
  return false;
}

bool Connection::parse(Clock::time_point now) {
  if (!head_) {
    while (!began_ && input_.starts_with("\r\n")) input_.erase(0, 2);
    if (input_.empty()) return false;
    if (!began_) {
      began_ = true;
      since_ = now;
    }
    const auto end = find_head_end(input_, scanned_, limits_);
    if (const auto* refusal = std::get_if<Refusal>(&end)) {
      refuse(*refusal, now);
      return false;
    }
    if (std::get<size_t>(end) == 0) return false;
    auto head = parse_head(std::string_view(input_).substr(0, std::get<size_t>(end)), limits_);
    if (const auto* refusal = std::get_if<Refusal>(&head)) {
      refuse(*refusal, now);
      return false;
    }
    head_ = std::move(std::get<Head>(head));
    input_.erase(0, std::get<size_t>(end));
    scanned_ = 0;
  }
  return input_.size() >= head_->content_length;
}

std::shared_ptr<Exchange> Connection::take_request(Clock::time_point now) {
  auto exchange = std::make_shared<Exchange>();
  exchange->request.body = input_.substr(0, head_->content_length);
  input_.erase(0, head_->content_length);
  // A connection goes on only after requests whose end cannot be mistaken.
  keep_alive_ = head_->keep_alive = head_->keep_alive && head_->content_length == 0;
  exchange->request.head = std::move(*head_);
  exchange->request.peer = peer_;
  exchange->outbox = std::make_shared<Outbox>(shared_);
  exchange->request.outbox = exchange->outbox;
  exchange->deadline = now + limits_.query_time;
  head_.reset();
  began_ = false;
  exchange_ = exchange;
  if (!exchange->request.head.chunks) reset_at_end(true);
  enter(State::answering, now);
  return exchange;
}

bool Connection::wants_more() {
  if (state_ != State::answering || exchange_->phase != Exchange::Phase::resting || !exchange_->source ||
      exchange_->source->pushes() || exchange_->outbox->pending() > kLowWater)
    return false;
  exchange_->phase = Exchange::Phase::working;
  return true;
}

void Connection::refuse(const Refusal& refusal, Clock::time_point now, const std::vector<Header>& headers) {
  const std::string body = error_json(refusal.reason);
  std::string text = "HTTP/1.1 " + std::to_string(refusal.status) + " Refused\r\nConnection: close\r\n";
  for (const Header& header : security_headers()) text += header.name + ": " + header.value + "\r\n";
  for (const Header& header : headers) text += header.name + ": " + header.value + "\r\n";
  text += "Cache-Control: no-store\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: " +
          std::to_string(body.size()) + "\r\n\r\n" + body;
  ++shared_->refused;
  exchange_ = std::make_shared<Exchange>();
  exchange_->outbox = std::make_shared<Outbox>(shared_);
  exchange_->outbox->append(text);
  exchange_->phase = Exchange::Phase::done;
  keep_alive_ = false;
  head_.reset();
  std::string().swap(input_);
  enter(State::answering, now);
  flush(now);
}

void Connection::flush(Clock::time_point now) {
  // The phase first: what is appended before it becomes `done` is then seen below.
  const auto phase = exchange_->phase.load();
  if (exchange_->outbox->pending() == 0) {
    stalled_since_.reset();
  } else {
    size_t bytes = 0;
    const Outbox::Sent sent = exchange_->outbox->send_to(fd_.get(), bytes);
    if (sent == Outbox::Sent::failed) return close();
    sent_ += bytes;
    if (sent == Outbox::Sent::all) {
      stalled_since_.reset();
    } else if (!stalled_since_ || sent_ >= kLeastTaken) {
      stalled_since_ = now;
      sent_ = 0;
    }
  }
  if (exchange_->outbox->pending() > 0) return;
  // Abandoned: by a lease, or by who asked for it. What was pending is then gone, not sent.
  if (exchange_->outbox->abandoned() || phase == Exchange::Phase::broken) return close();
  if (phase == Exchange::Phase::done) finish_answer(now);
}

void Connection::finish_answer(Clock::time_point now) {
  exchange_.reset();
  if (!keep_alive_) reset_at_end(false);
  if (keep_alive_) return enter(State::reading, now);
  // Closing with unread input would reset the connection and take the answer with it.
  shutdown(fd_.get(), SHUT_WR);
  std::string().swap(input_);
  enter(State::lingering, now);
}

void Connection::check_time(Clock::time_point now) {
  if (now < due()) return;
  if (state_ == State::reading && began_) return refuse({408, "the request did not come in time"}, now);
  if (state_ != State::answering) return close();
  if (stalled_since_ && now >= *stalled_since_ + limits_.stall_time) return close();
  exchange_->request.late = true;
  exchange_->request.cancel = true;
}

}  // namespace alco::http
