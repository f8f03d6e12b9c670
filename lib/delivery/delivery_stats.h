#pragma once
// What a delivery has done so far: one line on stderr, and the counters file.
#include <chrono>
#include <cstdint>
#include <string>

#include "lib/delivery/ack_window.h"
#include "lib/delivery/run_dir.h"
#include "lib/delivery/source.h"

namespace alco {

class DeliveryStats {
 public:
  DeliveryStats(const std::string& index, std::chrono::seconds interval);

  uint64_t committed = 0;     // records that the pipeline answered for
  uint64_t acknowledged = 0;  // given back to the source as safe
  uint64_t rejected = 0;      // set aside
  uint64_t restarts = 0;      // of the pipeline, after a death

  // Prints and writes if it is time; `last` prints now.
  void report(const Source& source, const AckWindow& window, bool last);

 private:
  CountersFile file_;
  std::chrono::seconds interval_;
  Clock::time_point printed_ = Clock::now();
  uint64_t printed_received_ = 0, printed_committed_ = 0;
};

}  // namespace alco
