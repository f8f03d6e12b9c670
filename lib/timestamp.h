#pragma once
// Times are nanoseconds since 1970-01-01T00:00:00Z in an int64_t: 1677 to 2262, leap seconds folded into :59.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alco {

using Nanoseconds = int64_t;

inline constexpr Nanoseconds kSecond = 1'000'000'000;
inline constexpr Nanoseconds kDay = 86'400 * kSecond;

Nanoseconds now();  // CLOCK_REALTIME

// RFC 3339 and what is near it: date, 'T', 't' or ' ', time, optional fraction
// of 1 to 9 digits (more are dropped) after '.' or ',', zone 'Z', '+hh:mm',
// '+hhmm', '+hh' or none (then UTC). nullopt if the text is not wholly that, or out of range.
std::optional<Nanoseconds> parse_rfc3339(std::string_view text);

// A number as a time, its unit told by magnitude: below 1e11 s, 1e14 ms, 1e17 µs, else ns.
std::optional<Nanoseconds> epoch_to_time(double value);
std::optional<Nanoseconds> epoch_to_time(int64_t value);

// UTC with microseconds, with nanoseconds if there are any: 2026-11-20T06:00:00.074854Z
void append_rfc3339(std::string& out, Nanoseconds time);
std::string to_rfc3339(Nanoseconds time);

// Days since 1970 of the UTC calendar, and the name of a day's folder: 20261122
int64_t utc_day(Nanoseconds time);
std::string day_name(int64_t day);
std::optional<int64_t> parse_day_name(std::string_view name);

// Civil calendar (proleptic Gregorian): days since 1970 of a date; month 1-12, day 1-31.
int64_t days_from_civil(int64_t year, unsigned month, unsigned day);
struct Civil {
  int64_t year;
  unsigned month, day;
};
Civil civil_from_days(int64_t days);

}  // namespace alco
