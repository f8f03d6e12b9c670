#pragma once
// What came to an index since it was looked at last, however many writers there are and in whatever order their commits
// become visible.
//
// Every writer's rows become visible in rising order of `arrival` within the index of a day, so the newest one of each
// (writer, day) says exactly what was seen. A mark stands for such a table. The marks that were given out lately are
// remembered; of any other only its number is known, which is near the arrivals of its time: then what other writers
// than its own had in the seconds before comes again rather than not at all.
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/sphinx/connections.h"
#include "lib/sphinx/sphinx_scan.h"
#include "lib/sphinx/tables.h"

namespace alco::sphinx {

// Newest arrival by (number of the writer, day since 1970).
using Seen = std::map<std::pair<int64_t, int64_t>, int64_t>;

// Thread-safe.
class Arrivals {
 public:
  struct Look {
    uint64_t mark = 0;
    std::shared_ptr<const Seen> seen;
    std::vector<std::string> incomplete;
  };

  explicit Arrivals(std::shared_ptr<Connections> connections) : connections_(std::move(connections)) {}

  // All that is there now.
  Look look(const Tables& tables);
  // What a mark stands for, and the newest look: what lies between them is new.
  std::shared_ptr<const Seen> at(uint64_t mark, const Seen& newest);
  // A mark between `base` and `end`, for what was seen of the newer events up to the arrival `last`.
  uint64_t partial(uint64_t base, uint64_t end, const Seen& from, const Seen& to, int64_t last);

 private:
  using Clock = std::chrono::steady_clock;
  void remember(uint64_t mark, std::shared_ptr<const Seen> seen);

  std::shared_ptr<Connections> connections_;
  std::mutex mutex_;  // guards all below
  Look newest_;
  Clock::time_point complete_at_{};  // when all was looked at
  Clock::duration complete_took_{};
  std::map<uint64_t, std::shared_ptr<const Seen>> marks_;
  std::deque<uint64_t> order_;  // of marks_
};

// In order of arrival.
class ArrivalScan : public Scan {
 public:
  ArrivalScan(std::shared_ptr<Connections> connections, std::shared_ptr<Arrivals> arrivals, const Tables& tables,
              const Narrowing& narrowing, const ScanRequest& request);

  bool next(Hit& hit) override;
  ScanStats stats() const override;
  uint64_t mark() const override;

 private:
  std::shared_ptr<Arrivals> arrivals_;
  ScanRequest request_;
  RowHits hits_;
  uint64_t base_, end_;
  std::shared_ptr<const Seen> from_, to_;
  std::unique_ptr<RowStream> rows_;
  const StoredRow* row_ = nullptr;
  int64_t last_ = 0;  // arrival
  uint64_t count_ = 0, rows_read_ = 0;
  bool ended_ = false;
  std::vector<std::string> incomplete_;
};

}  // namespace alco::sphinx
