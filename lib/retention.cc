#include "lib/retention.h"

#include <algorithm>

#include "lib/timestamp.h"

namespace alco {
namespace {

size_t too_old(std::span<const KeptDay> days, int64_t first_kept) {
  size_t count = 0;
  while (count < days.size() && *parse_day_name(days[count].name) < first_kept) ++count;
  return count;
}

// How many of the oldest must go so that the others, behind the first `gone`, take `limit` bytes at most.
size_t too_many_bytes(std::span<const KeptDay> days, size_t gone, uint64_t limit) {
  uint64_t sum = 0;
  for (size_t i = gone; i < days.size(); ++i) sum += days[i].bytes;
  while (gone < days.size() && sum > limit) sum -= days[gone++].bytes;
  return gone;
}

}  // namespace

RetentionPlan plan_retention(std::span<const KeptDay> given, const Retention& retention, int64_t today, Force force) {
  std::vector<KeptDay> days(given.begin(), given.end());
  std::erase_if(days, [](const KeptDay& day) { return !parse_day_name(day.name); });
  RetentionPlan plan;
  if (days.empty()) return plan;
  const size_t all_but_newest = days.size() - 1;
  const size_t allowed = force == Force::yes ? all_but_newest : std::max<size_t>(1, days.size() / 5);
  const std::string of = " of " + std::to_string(days.size()) + " days ";
  size_t drop = 0;
  if (retention.days) {
    drop = std::min(too_old(days, today - *retention.days + 1), all_but_newest);
    if (drop > allowed) {
      plan.warning = std::to_string(drop) + of +
                     "are too old, more than a fifth at once: none was removed; if the clock " +
                     "is right, use --force";
      drop = 0;
    }
  }
  if (retention.bytes) {
    const size_t wanted = std::min(too_many_bytes(days, drop, *retention.bytes), all_but_newest);
    drop = std::max(drop, std::min(wanted, allowed));
    if (wanted > drop && plan.warning.empty())
      plan.warning = std::to_string(wanted) + of +
                     "have to go to save space, more than a fifth at once: " + std::to_string(drop) +
                     " oldest now, the others in the next runs, or with --force";
  }
  for (size_t i = 0; i < drop; ++i) plan.drop.push_back(days[i].name);
  return plan;
}

}  // namespace alco
