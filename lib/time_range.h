#pragma once
// Times and durations as people give them: --since, --until, --within, and the same in the HTTP API.
#include <optional>
#include <string_view>

#include "lib/time_zone.h"
#include "lib/timestamp.h"

namespace alco {

// RFC 3339 (without a zone: in `zone`; the seconds may be missing), a date, HH:MM[:SS] (the last such time before
// `now`), "15m" or "2h30m" (before `now`), "now", "today", "yesterday", "@1795000000" (epoch, unit by magnitude).
// nullopt if it is none of these.
std::optional<Nanoseconds> read_time_point(std::string_view text, const TimeZone& zone, Nanoseconds now);
// The same, but throws Error(EX_USAGE) that quotes the text and shows the forms.
Nanoseconds parse_time_point(std::string_view text, const TimeZone& zone, Nanoseconds now);

struct TimeRange {
  Nanoseconds since, until;  // since <= t < until; the extremes of Nanoseconds stand for "not given"
};
// Empty text: no bound. An HH:MM given as `until` is the first such time behind `since` if that is given.
// Throws Error(EX_USAGE), also if `until` is not behind `since`.
TimeRange parse_time_range(std::string_view since, std::string_view until, const TimeZone& zone, Nanoseconds now);

// "500ms", "2s", "15m", "2h30m", "3d", "1w", a fraction "1.5s", a number alone is seconds. Throws Error(EX_USAGE) with
// `option`.
std::optional<Nanoseconds> read_duration(std::string_view text);
Nanoseconds parse_duration(std::string_view text, std::string_view option);

// Short, for people: 850ms, 12s, 3m12s, 5h02m, 3d4h
std::string to_short_duration(Nanoseconds duration);

}  // namespace alco
