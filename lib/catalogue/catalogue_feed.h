#pragma once
// Writes what a ValueTracker found to the catalogue. While the catalogue is away everything stays with the tracker
// (whose memory is bounded), and is tried again with growing pauses: logs never wait for it. A catalogue that has lost
// what it was given, as Redis without a file when it is started again, is given it once more: this is looked at with
// each write, and each minute.
#include <chrono>
#include <optional>
#include <set>
#include <string>

#include "lib/catalogue/catalogue.h"
#include "lib/catalogue/value_tracker.h"

namespace alco {

class CatalogueFeed {
 public:
  using Clock = std::chrono::steady_clock;

  // Borrows all but the name.
  CatalogueFeed(IndexName index, Catalogue& catalogue, ValueTracker& tracker);

  // Writes if there is something new, or something to refresh and the last write was ten seconds ago, unless a pause
  // after a failure is not over. False if new values could not be written; the warning is given.
  bool settle(Clock::time_point now);
  // Writes what waits, whatever the pause. Throws Error.
  void write();
  // When settle() should be called again even if nothing arrives; nullopt: no need.
  std::optional<Clock::time_point> due() const;

 private:
  std::vector<std::string> look();  // the names of the catalogue

  IndexName index_;
  Catalogue& catalogue_;
  ValueTracker& tracker_;
  int64_t day_ = 0;              // of which the overflowed fields are known
  std::set<std::string> given_;  // names that the catalogue has from us
  Clock::time_point next_refresh_{};
  Clock::time_point next_look_{};
  Clock::time_point retry_at_{};
  std::chrono::milliseconds pause_{0};
};

}  // namespace alco
