#pragma once
// The hits of a scan with what surrounds them, as grep's -A, -B and -C, streamed in the order of the scan.
#include <memory>
#include <string>
#include <vector>

#include "lib/store/store.h"

namespace alco::query {

struct ContextOptions {
  uint64_t before = 0, after = 0;  // events, earlier and later in time whatever the order of the scan
  Nanoseconds within = kMaxTime;   // and not farther from the hit than this
  std::vector<std::string> same;   // and equal to it in these fields (dotted paths)
};

// One line of the answer. Views are valid until the next call of next().
struct ContextLine {
  Hit hit;            // its columns: the request's, then those of `same`
  bool match = true;  // false: only surroundings
  bool gap = false;   // something was left out between this line and the one before it
};

// Each event comes once. Context may lie outside of the request's time range. With `same`, each group holds events with
// equal values; groups come in the order of the hits that begin them, and a hit that an earlier group of its kind has
// shown (as context) is not repeated. Holds about 1,000 events in memory, however near or far the hits are.
class ContextScan {
 public:
  // `request` says which hits, in which order (not Order::arrival), and what the lines carry; its limit counts hits.
  ContextScan(Reader& reader, const ScanRequest& request, const ContextOptions& options);
  ~ContextScan();

  bool next(ContextLine& line);
  ScanStats stats() const;  // of the search for hits; `incomplete` also tells what surroundings are missing

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alco::query
