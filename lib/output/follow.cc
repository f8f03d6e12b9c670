#include <algorithm>
#include <set>

#include "lib/output/answer.h"
#include "lib/output/printer.h"
#include "lib/stop.h"

namespace alco::output {
namespace {

constexpr std::chrono::milliseconds kPoll(100);
constexpr Nanoseconds kLate = kSecond;  // events of several machines are never quite in order
constexpr uint64_t kTail = 10;
constexpr size_t kRemembered = 1024;  // of the tail

class Follower {
 public:
  Follower(const QueryOptions& options, Search& search, Sink& sink)
      : options_(options), search_(search), sink_(sink), printer_(options, search, sink) {}

  Answer run() {
    // Taken first: what is committed from now on comes by arrival, and only by it.
    const bool pipe = std::count(options_.files.begin(), options_.files.end(), "-") > 0;
    if (!pipe) {
      last_ = search_.reader->newest_mark();
      show_tail();
    }
    printer_.finish();
    sink_.flush();
    while (answer_.found < options_.limit && !*sink_.cancel() && !ended_) {
      if (!show_arrived() && !ended_) stop::wait({}, kPoll);
      if (stop::requested()) break;
    }
    return answer_;
  }

 private:
  ScanRequest request() const {
    ScanRequest request = search_.request();
    request.cancel = sink_.cancel();
    printer_.ask_for(request);
    return request;
  }

  void show_tail() {
    ScanRequest tail = request();
    uint64_t count = options_.tail;
    if (count == kNoNumber && options_.since.empty()) count = kTail;
    if (count != kNoNumber) {
      ScanRequest back = tail;
      back.order = Order::newest_first;
      back.message = back.json = false;
      back.columns.clear();
      std::optional<Position> start;
      uint64_t n = 0;
      const auto scan = search_.reader->scan(back);
      for (Hit hit; n < count && scan->next(hit);) {
        if (hit.at.id > last_) continue;
        start = hit.at;
        ++n;
      }
      if (!start) return;
      tail.after = Position{start->time, start->id - 1};
    }
    const auto scan = search_.reader->scan(tail);
    for (Hit hit; answer_.found < options_.limit && scan->next(hit);)
      if (hit.at.id <= last_) show_of_tail(hit);
    take(scan->stats());
  }

  // False if there was nothing new.
  bool show_arrived() {
    uint64_t newest = last_;
    if (search_.store) {  // so that what is no hit is not searched again each time
      newest = search_.reader->newest_mark();
      if (newest <= last_) return false;
    }
    ScanRequest arrived = request();
    arrived.order = Order::arrival;
    arrived.after = Position{0, last_};
    const auto scan = search_.reader->scan(arrived);
    bool any = false;
    for (Hit hit; answer_.found < options_.limit && scan->next(hit); any = true) {
      if (shown_.contains(hit.at.id)) continue;
      show(hit);
    }
    last_ = std::max({last_, newest, scan->mark()});
    take(scan->stats());
    ended_ = !search_.store && scan->stats().progress >= 1;
    return any;
  }

  // What another writer commits meanwhile with an older id would come again by arrival.
  void show_of_tail(const Hit& hit) {
    shown_.insert(hit.at.id);
    if (shown_.size() > kRemembered) shown_.erase(shown_.begin());
    show(hit);
  }

  void show(const Hit& hit) {
    Role role;
    if (answer_.found > 0 && newest_ - hit.at.time > kLate) role.late = newest_ - hit.at.time;
    newest_ = answer_.found > 0 ? std::max(newest_, hit.at.time) : hit.at.time;
    ++answer_.found;
    printer_.print(hit, role);
  }

  void take(const ScanStats& stats) {
    for (const std::string& reason : stats.incomplete)
      if (std::find(answer_.stats.incomplete.begin(), answer_.stats.incomplete.end(), reason) ==
          answer_.stats.incomplete.end())
        answer_.stats.incomplete.push_back(reason);
  }

  const QueryOptions& options_;
  Search& search_;
  Sink& sink_;
  Printer printer_;
  Answer answer_;
  uint64_t last_ = 0;  // mark
  std::set<uint64_t> shown_;
  bool ended_ = false;  // pipes only
  Nanoseconds newest_ = 0;
};

}  // namespace

Answer follow_events(const QueryOptions& options, Search& search, Sink& sink) {
  return Follower(options, search, sink).run();
}

}  // namespace alco::output
