#pragma once
// Which days of an index are to go. A pure rule; alco-rotate carries it out.
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace alco {

struct Retention {
  std::optional<int> days;        // keep so many, today (UTC) included
  std::optional<uint64_t> bytes;  // keep the newest days that fit in
};

struct KeptDay {
  std::string name;  // "20261122"; other names are never touched
  uint64_t bytes = 0;
};

enum class Force { no, yes };

struct RetentionPlan {
  std::vector<std::string> drop;  // oldest first
  std::string warning;            // not empty: what was left undone, and why
};

// The newest day always stays. Without Force::yes no more than a fifth of the days (at least one) goes in one run: if
// more are too old, the clock is doubted and none of them goes; if more have to go to save space, the oldest do and the
// rest waits for the next run. `today` counts days since 1970, `days` rise by name.
RetentionPlan plan_retention(std::span<const KeptDay> days, const Retention& retention, int64_t today, Force force);

}  // namespace alco
