#pragma once
// Finds the record that kills the pipeline again and again, and only that one: rule R13 of doc/delivery.md.
//
// After a crash half as many records are sent at once, until one alone kills it. That one is held back; if another
// record passes without it, or the pipeline lives when nothing is sent, it is guilty. Three suspects without a record
// that passes mean that the pipeline is broken, not the records.
#include <cstdint>
#include <vector>

#include "lib/delivery/ack_window.h"

namespace alco {

class PoisonHunt {
 public:
  uint64_t allowed() const { return allowed_; }  // records that may be unanswered at once
  bool active() const { return allowed_ != kUnlimited; }
  bool hopeless(const AckWindow& window) const { return window.held() >= kMaxSuspects; }

  // The pipeline died; `crashed`: not for a reason of its own. Call before the window is restarted.
  // Returns the records that are proven guilty: set them aside.
  std::vector<uint64_t> died(AckWindow& window, bool crashed);
  // `count` records were answered. Returns the records that are proven guilty.
  std::vector<uint64_t> answered(AckWindow& window, uint64_t count);
  // The pipeline has been up for a while and has nothing to do: a suspect is tried once more.
  void try_again(AckWindow& window);

 private:
  static constexpr uint64_t kUnlimited = UINT64_MAX;
  static constexpr uint64_t kMaxSuspects = 3;
  uint64_t allowed_ = kUnlimited;
  uint64_t answered_ = 0;  // since allowed_ changed
  bool last_try_ = false;  // a suspect was sent to a pipeline that was seen healthy
};

}  // namespace alco
