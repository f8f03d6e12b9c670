#pragma once
// What is to be sent to one client. Any thread appends; only the gate's loop sends.
#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "lib/disk.h"

namespace alco::http {

// Wakes the gate's loop from another thread.
class Waker {
 public:
  Waker();
  int fd() const { return read_end_.get(); }  // readable after wake()
  void wake();
  void drain();

 private:
  Fd read_end_, write_end_;
  std::atomic<bool> awake_{false};
};

// Shared by all outboxes of a gate.
struct OutboxShared {
  Waker waker;
  std::atomic<size_t> pending{0};    // bytes in all outboxes
  std::atomic<uint64_t> refused{0};  // requests answered by the gate itself
};

class Outbox {
 public:
  enum class Framing { plain, chunked };

  explicit Outbox(std::shared_ptr<OutboxShared> shared);
  ~Outbox();
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  void append(std::string_view bytes);      // as they are: heads, bodies with a length
  void append_body(std::string_view data);  // of a streamed answer: framed as set_framing() says
  void finish_body();                       // and its end mark
  void set_framing(Framing framing) { framing_ = framing; }
  void wake() { shared_->waker.wake(); }

  size_t pending() const { return pending_; }

  // The client went away, or is to be sent away: what is appended from now on is dropped; woken up, the gate closes the
  // connection.
  void abandon();
  const std::atomic<bool>& abandoned() const { return abandoned_; }

  enum class Sent { all, some, failed };
  Sent send_to(int fd, size_t& bytes);  // without blocking; adds what was sent to `bytes`

 private:
  void append_locked(std::string_view bytes);

  std::shared_ptr<OutboxShared> shared_;
  std::mutex mutex_;
  std::string data_;
  size_t begin_ = 0;  // bytes of data_ that are sent
  std::atomic<size_t> pending_{0};
  std::atomic<bool> abandoned_{false};
  Framing framing_ = Framing::plain;
};

}  // namespace alco::http
