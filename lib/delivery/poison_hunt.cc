#include "lib/delivery/poison_hunt.h"

#include <algorithm>
#include <utility>

namespace alco {
namespace {
constexpr unsigned kStrikes = 2;  // so often alone before it is suspected: a single kill -9 proves nothing
constexpr uint64_t kHuntOver = 4096;
}  // namespace

std::vector<uint64_t> PoisonHunt::died(AckWindow& window, bool crashed) {
  const std::vector<uint64_t> unanswered = window.unanswered_records();
  const bool was_last_try = std::exchange(last_try_, false);
  if (!crashed || unanswered.empty()) return {};
  answered_ = 0;
  allowed_ = std::max<uint64_t>(1, unanswered.size() / 2);
  if (unanswered.size() > 1) return {};
  const uint64_t suspect = unanswered.front();
  if (window.strike(suspect) < kStrikes) return {};
  if (was_last_try) return {suspect};
  window.hold(suspect);
  return {};
}

std::vector<uint64_t> PoisonHunt::answered(AckWindow& window, uint64_t count) {
  if (!active() || count == 0) return {};
  last_try_ = false;
  answered_ += count;
  if (answered_ >= allowed_) {
    answered_ = 0;
    allowed_ = allowed_ >= kHuntOver ? kUnlimited : allowed_ * 2;
  }
  return window.held_records();
}

void PoisonHunt::try_again(AckWindow& window) {
  if (window.held() == 0) return;
  window.release();
  last_try_ = true;
}

}  // namespace alco
