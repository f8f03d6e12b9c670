#pragma once
// The gate: one thread accepts, reads, refuses, sends and keeps the time for all clients; workers answer.
#include <functional>
#include <list>
#include <memory>
#include <vector>

#include <poll.h>

#include "lib/http/connection.h"
#include "lib/http/library.h"
#include "lib/http/listener.h"
#include "lib/http/work_pool.h"

namespace alco::http {

class Gate {
 public:
  // `lane` and `client` (whose share of the workers a request takes) are asked in the gate's thread and must be quick;
  // `handler` runs in workers.
  Gate(std::vector<Listener> listeners, const Limits& limits, std::function<Lane(const Request&)> lane,
       std::function<std::string(const Request&)> client, Handler handler);
  ~Gate();

  // Until stop::requested(); then lets answers that are nearly out leave (2 s at most). Calls `reload` after a SIGHUP.
  void run(const std::function<void()>& reload);

  // Of any thread, for /metrics.
  size_t connections() const { return connection_count_; }
  size_t pending_bytes() const { return shared_->pending; }
  uint64_t requests() const { return requests_; }
  uint64_t refused() const { return shared_->refused; }
  const WorkPool& pool() const { return pool_; }

 private:
  void report(Clock::time_point now);
  void wait(Clock::time_point now);
  void accept_from(Listener& listener, Clock::time_point now);
  void make_room(Clock::time_point now);
  void step_all(Clock::time_point now);
  void dispatch(Connection& connection, Clock::time_point now);
  std::optional<Refusal> no_room_for(Lane lane, const std::string& client) const;
  void run_job(const std::shared_ptr<Exchange>& exchange);
  void drain();

  std::vector<Listener> listeners_;
  const Limits limits_;
  std::function<Lane(const Request&)> lane_;
  std::function<std::string(const Request&)> client_;
  Handler handler_;
  std::shared_ptr<OutboxShared> shared_ = std::make_shared<OutboxShared>();
  std::list<std::unique_ptr<Connection>> connections_;  // oldest first
  std::vector<pollfd> fds_;
  std::atomic<size_t> connection_count_{0};
  std::atomic<uint64_t> requests_{0};
  size_t reading_ = 0;              // connections in that state
  Clock::time_point accept_again_;  // after descriptors ran out
  Clock::time_point report_;        // the next status for the service manager
  WorkPool pool_;                   // last, so that its threads end first
};

}  // namespace alco::http
