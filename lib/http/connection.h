#pragma once
// One client's socket in the gate's loop: reads a request, waits for its answer, sends it, and again. Never blocks.
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "lib/disk.h"
#include "lib/http/message.h"

namespace alco::http {

using Clock = std::chrono::steady_clock;

// A request on its way through a worker. Shared by the connection and the worker: either may go first.
struct Exchange {
  enum class Phase {
    working,  // a worker has it, or will
    resting,  // the source waits for room or pushes by itself
    done,     // all that there is to send is in the outbox
    broken,   // and it is not whole
  };
  Request request;
  std::shared_ptr<Outbox> outbox;
  std::shared_ptr<Source> source;
  std::atomic<bool> streamed{false};  // there is a source
  std::atomic<Phase> phase{Phase::working};
  Clock::time_point deadline;  // of the answer; a streamed body has none
};

class Connection {
 public:
  enum class State { reading, answering, lingering, closed };

  Connection(Fd fd, std::string peer, const Limits& limits, std::shared_ptr<OutboxShared> shared,
             Clock::time_point now);
  ~Connection();

  State state() const { return state_; }
  int fd() const { return fd_.get(); }
  const std::string& peer() const { return peer_; }
  Clock::time_point since() const { return since_; }  // when the state began
  short events() const;                               // to poll for
  Clock::time_point due() const;                      // when step() is to be called at the latest

  // Does what `revents` and the time allow. True if a whole request has come: take_request() and dispatch it.
  bool step(short revents, Clock::time_point now);

  std::shared_ptr<Exchange> take_request(Clock::time_point now);
  const std::shared_ptr<Exchange>& exchange() const { return exchange_; }
  // The streamed answer has room: run its source once more. Sets the phase to working.
  bool wants_more();

  // Answers without a worker and closes when that is sent.
  void refuse(const Refusal& refusal, Clock::time_point now, const std::vector<Header>& headers = {});
  // An answer that is not sent to its end is cut in a way that the client sees.
  void close();

 private:
  static constexpr size_t kLowWater = 64 * 1024;
  static constexpr std::chrono::milliseconds kLinger{2000};

  void reset_at_end(bool reset);
  bool receive(Clock::time_point now, bool hung_up);
  bool parse(Clock::time_point now);
  void flush(Clock::time_point now);
  void finish_answer(Clock::time_point now);
  void enter(State state, Clock::time_point now);
  void check_time(Clock::time_point now);

  const Limits& limits_;
  std::shared_ptr<OutboxShared> shared_;
  Fd fd_;
  std::string peer_;
  State state_ = State::reading;
  Clock::time_point since_;
  std::string input_;
  size_t scanned_ = 0;
  std::optional<Head> head_;  // parsed; its body is still to come
  std::shared_ptr<Exchange> exchange_;
  bool keep_alive_ = false;
  bool began_ = false;  // bytes of the request have come
  std::optional<Clock::time_point> stalled_since_;
  size_t sent_ = 0;  // since stalled_since_
};

}  // namespace alco::http
