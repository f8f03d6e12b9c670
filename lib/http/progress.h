#pragma once
// How far searches and exports have come, for clients that asked to know: they send `ticket`, a random text of theirs,
// with the request, and ask for /api/progress/{ticket}/ meanwhile.
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "lib/http/message.h"

namespace alco::http {

class Progress {
 public:
  enum class State : unsigned char { unknown, running, done, failed };

  std::string owner;  // name of the principal
  std::atomic<double> share{0};
  std::atomic<uint64_t> events{0}, bytes{0};
  std::atomic<State> state{State::unknown};

  // What a cancel() breaks off.
  void lend(const std::shared_ptr<Outbox>& outbox);
  void cancel();

 private:
  std::mutex mutex_;
  std::weak_ptr<Outbox> outbox_;
};

// Thread-safe.
class ProgressBoard {
 public:
  // Of the request's ticket; without one, or with one that came before, of nobody's concern. Throws HttpError(400) for
  // a ticket that is none.
  std::shared_ptr<Progress> begin(const Request& request);

  // Of a ticket that the same principal sent, for a minute after its request has ended; else nullptr.
  std::shared_ptr<Progress> find(const std::string& ticket, const std::string& owner);

 private:
  struct Entry {
    std::shared_ptr<Progress> progress;
    std::chrono::steady_clock::time_point seen;  // running the last time
  };
  void forget_old();

  std::mutex mutex_;
  std::map<std::string, Entry> entries_;
};

}  // namespace alco::http
