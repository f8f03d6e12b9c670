#include "lib/http/gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/log.h"
#include "lib/stop.h"
#include "lib/supervisor.h"

namespace alco::http {
namespace {

constexpr int kAcceptsARound = 256;

std::string peer_name(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  if (address.ss_family == AF_INET6) {
    const in6_addr& six = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (IN6_IS_ADDR_V4MAPPED(&six))
      inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
    else
      inet_ntop(AF_INET6, &six, text, sizeof text);
  }
  return *text ? text : "unix";
}

// Nothing of what a source throws can still become an answer: its head is sent.
Source::State fill_source(Source& source, const std::shared_ptr<Outbox>& outbox) {
  try {
    return source.fill(outbox);
  } catch (const std::exception& error) {
    log::warning_limited("source", "an answer broke off: %s", error.what());
    return Source::State::failed;
  }
}

}  // namespace

Gate::Gate(std::vector<Listener> listeners, const Limits& limits, std::function<Lane(const Request&)> lane,
           std::function<std::string(const Request&)> client, Handler handler)
    : listeners_(std::move(listeners)),
      limits_(limits),
      lane_(std::move(lane)),
      client_(std::move(client)),
      handler_(std::move(handler)),
      pool_(limits) {}

Gate::~Gate() = default;

void Gate::run(const std::function<void()>& reload) {
  while (!stop::requested()) {
    if (stop::reload_requested()) reload();
    report(Clock::now());
    wait(Clock::now());
    const auto now = Clock::now();
    shared_->waker.drain();
    for (size_t i = 0; i < listeners_.size(); ++i)
      if (fds_[1 + i].revents & POLLIN) accept_from(listeners_[i], now);
    step_all(now);
  }
  drain();
}

void Gate::report(Clock::time_point now) {
  supervisor::alive();
  if (now < report_) return;
  report_ = now + std::chrono::seconds(10);
  supervisor::status(std::to_string(requests_) + " requests, " + std::to_string(connections_.size()) +
                     " connections, " + std::to_string(pool_.running()) + " searching, " +
                     std::to_string(shared_->refused) + " refused");
}

void Gate::wait(Clock::time_point now) {
  fds_.clear();
  fds_.push_back({shared_->waker.fd(), POLLIN, 0});
  for (const Listener& listener : listeners_)
    fds_.push_back({listener.fd.get(), static_cast<short>(now >= accept_again_ ? POLLIN : 0), 0});
  auto due = now + std::chrono::seconds(1);
  for (const auto& connection : connections_) {
    fds_.push_back({connection->fd(), connection->events(), 0});
    due = std::min(due, connection->due());
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(std::max(due - now, Clock::duration::zero()));
  stop::wait(fds_, left);
}

void Gate::accept_from(Listener& listener, Clock::time_point now) {
  for (int i = 0; i < kAcceptsARound; ++i) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    Fd fd(accept4(listener.fd.get(), reinterpret_cast<sockaddr*>(&address), &size, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) {
      if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM) return;
      log::warning_limited("accept", "accept: %s", strerror(errno));
      accept_again_ = now + std::chrono::milliseconds(100);
      return;
    }
    const int yes = 1;
    if (!listener.unix_socket) setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    auto connection = std::make_unique<Connection>(std::move(fd), peer_name(address), limits_, shared_, now);
    // Most clients send at once: a request that is there already need not wait for the next round of poll.
    if (connection->step(POLLIN, now)) dispatch(*connection, now);
    if (connection->state() == Connection::State::closed) continue;
    if (connection->state() == Connection::State::reading) ++reading_;
    connections_.push_back(std::move(connection));
    fds_.push_back({-1, 0, 0});  // keeps both lists in step
    make_room(now);
  }
}

// Those that have sent nothing useful for longest go first: clients that send their request at once are never hit.
void Gate::make_room(Clock::time_point now) {
  if (reading_ <= limits_.reading_connections && connections_.size() <= limits_.connections) return;
  for (const auto& connection : connections_) {
    if (connection->state() != Connection::State::reading) continue;
    connection->close();
    --reading_;
    return;
  }
  connections_.back()->refuse({503, "there are too many connections: try again"}, now, {{"Retry-After", "2"}});
}

void Gate::step_all(Clock::time_point now) {
  size_t i = 1 + listeners_.size();
  reading_ = 0;
  for (auto it = connections_.begin(); it != connections_.end(); ++i) {
    Connection& connection = **it;
    if (connection.state() != Connection::State::closed && connection.step(fds_[i].revents, now))
      dispatch(connection, now);
    if (connection.wants_more()) {
      pool_.resume(
          {connection.exchange()->request.client, [this, exchange = connection.exchange()] { run_job(exchange); }});
    }
    if (connection.state() == Connection::State::reading) ++reading_;
    it = connection.state() == Connection::State::closed ? connections_.erase(it) : std::next(it);
  }
  connection_count_ = connections_.size();
}

void Gate::dispatch(Connection& connection, Clock::time_point now) {
  auto exchange = connection.take_request(now);
  Request& request = exchange->request;
  auto target = parse_target(request.head.target);
  if (!target) return connection.refuse({400, "the path or a parameter is not well-formed"}, now);
  request.target = std::move(*target);
  const Lane lane = lane_(request);
  request.client = client_(request);
  const std::vector<Header> later = {{"Retry-After", "1"}};
  if (const auto refusal = no_room_for(lane, request.client)) return connection.refuse(*refusal, now, later);
  switch (pool_.submit(lane, {request.client, [this, exchange] { run_job(exchange); }})) {
    case WorkPool::Admission::accepted:
      ++requests_;
      return;
    case WorkPool::Admission::client_full:
      return connection.refuse({429, "too many queries of this client wait: try again"}, now, later);
    case WorkPool::Admission::full:
      return connection.refuse({503, "too many queries wait: try again"}, now, later);
  }
}

// Who does not read what was asked for gets no more, and does not keep others from it.
std::optional<Refusal> Gate::no_room_for(Lane lane, const std::string& client) const {
  const size_t pending = shared_->pending;
  if (pending > limits_.pending_bytes_per_client) {
    size_t own = 0;
    for (const auto& connection : connections_)
      if (connection->exchange() && connection->exchange()->request.client == client)
        own += connection->exchange()->outbox->pending();
    if (own > limits_.pending_bytes_per_client)
      return Refusal{429, "too many answers wait for this client to read them: try again"};
  }
  if (pending > limits_.pending_bytes + (lane == Lane::query ? 0 : limits_.pending_bytes_light))
    return Refusal{503, "too many answers wait for their readers: try again"};
  return std::nullopt;
}

// In a worker.
void Gate::run_job(const std::shared_ptr<Exchange>& exchange) {
  using State = Source::State;
  auto phase = exchange->outbox->abandoned() ? Exchange::Phase::broken : Exchange::Phase::done;
  if (phase == Exchange::Phase::done) {
    if (!exchange->source) {
      exchange->source = serve_with_library(exchange->request, *exchange->outbox, handler_);
      if (exchange->source) {  // what is streamed has threads of its own: see WorkPool::resume()
        exchange->streamed = true;
        phase = Exchange::Phase::resting;
      }
    } else {
      const State state = fill_source(*exchange->source, exchange->outbox);
      if (state == State::done) exchange->outbox->finish_body();
      if (state == State::failed) phase = Exchange::Phase::broken;
      if (state == State::more || state == State::pushed) phase = Exchange::Phase::resting;
    }
  }
  exchange->phase = phase;
  shared_->waker.wake();
}

void Gate::drain() {
  supervisor::stopping("sending the answers that are nearly out");
  listeners_.clear();
  const auto end = Clock::now() + std::chrono::seconds(2);
  for (auto& connection : connections_) {
    const auto& exchange = connection->exchange();
    if (!exchange || (exchange->streamed && exchange->phase != Exchange::Phase::done))
      connection->close();
    else
      exchange->request.cancel = true;
  }
  while (Clock::now() < end && stop::count() < 2) {
    std::erase_if(connections_, [](const auto& one) { return !one->exchange(); });
    if (connections_.empty()) break;
    wait(Clock::now());
    shared_->waker.drain();
    step_all(Clock::now());
  }
  connections_.clear();
}

}  // namespace alco::http
