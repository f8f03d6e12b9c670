#include "lib/time_range.h"

#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>

#include "lib/error.h"

namespace alco {
namespace {

constexpr Nanoseconds kMin = std::numeric_limits<Nanoseconds>::min();
constexpr Nanoseconds kMax = std::numeric_limits<Nanoseconds>::max();

constexpr const char* kForms =
    "give one of: 2026-11-20T14:05:00Z, 2026-11-20 14:05, 2026-11-20, 14:05, 14:05:30, 15m, 2h, 3d (ago), today, "
    "yesterday, now, @1795000000";

Nanoseconds wall_now(const TimeZone& zone, Nanoseconds now) { return now + zone.offset_at(now) * kSecond; }

Nanoseconds midnight(Nanoseconds wall) { return utc_day(wall) * kDay; }

// "14:05" or "14:05:30.5" since midnight.
std::optional<Nanoseconds> time_of_day(std::string_view text) {
  if (text.size() < 5 || text[2] != ':') return std::nullopt;
  const auto time = parse_rfc3339("1970-01-01T" + std::string(text) + "Z");
  return time && *time >= 0 && *time < kDay && text.find_first_of("Zz+-") == text.npos ? time : std::nullopt;
}

std::optional<Nanoseconds> absolute(std::string_view text, const TimeZone& zone) {
  if (text.size() == 10) {
    const auto date = parse_rfc3339(text);
    return date ? std::optional(zone.from_wall(*date)) : std::nullopt;
  }
  if (const auto wall = parse_rfc3339(std::string(text) + "Z")) return zone.from_wall(*wall);
  return parse_rfc3339(text);
}

std::optional<Nanoseconds> epoch(std::string_view text) {
  if (text.size() < 2 || text[0] != '@') return std::nullopt;
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  if (value == std::floor(value) && std::fabs(value) < 9e18) return epoch_to_time(static_cast<int64_t>(value));
  return epoch_to_time(value);
}

}  // namespace

std::optional<Nanoseconds> read_time_point(std::string_view text, const TimeZone& zone, Nanoseconds now) {
  if (text == "now") return now;
  if (text == "today") return zone.from_wall(midnight(wall_now(zone, now)));
  if (text == "yesterday") return zone.from_wall(midnight(wall_now(zone, now)) - kDay);
  if (const auto time = epoch(text)) return time;
  if (const auto time = absolute(text, zone)) return time;
  if (const auto time = time_of_day(text)) {
    const Nanoseconds today = midnight(wall_now(zone, now));
    const Nanoseconds instant = zone.from_wall(today + *time);
    return instant <= now ? instant : zone.from_wall(today - kDay + *time);
  }
  if (text.size() > 4 && text.substr(text.size() - 4) == " ago") text.remove_suffix(4);
  const bool bare_number = text.find_first_not_of("0123456789.") == text.npos;  // 15 what?
  const auto ago = bare_number ? std::nullopt : read_duration(text);
  if (ago && *ago <= now) return now - *ago;
  return std::nullopt;
}

Nanoseconds parse_time_point(std::string_view text, const TimeZone& zone, Nanoseconds now) {
  if (const auto time = read_time_point(text, zone, now)) return *time;
  throw Error(EX_USAGE, "can't read the time '" + std::string(text) + "': " + kForms);
}

TimeRange parse_time_range(std::string_view since, std::string_view until, const TimeZone& zone, Nanoseconds now) {
  TimeRange range{kMin, kMax};
  if (!since.empty()) range.since = parse_time_point(since, zone, now);
  if (until.empty()) return range;
  range.until = parse_time_point(until, zone, now);
  const auto clock = time_of_day(until);
  if (clock && range.since != kMin) {
    const Nanoseconds day = midnight(wall_now(zone, range.since));
    range.until = zone.from_wall(day + *clock);
    if (range.until <= range.since) range.until = zone.from_wall(day + kDay + *clock);
  }
  if (range.until <= range.since)
    throw Error(EX_USAGE, "the time range is empty: it ends (" + to_rfc3339(range.until) + ") before it begins (" +
                              to_rfc3339(range.since) + ")");
  return range;
}

std::optional<Nanoseconds> read_duration(std::string_view text) {
  struct Unit {
    std::string_view name;
    double nanoseconds;
  };
  static constexpr Unit kUnits[] = {{"ms", 1e6}, {"us", 1e3},  {"s", 1e9},    {"min", 60e9},
                                    {"m", 60e9}, {"h", 36e11}, {"d", 864e11}, {"w", 6048e11}};
  double total = 0;
  bool any = false;
  while (!text.empty()) {
    double value = 0;
    if (text[0] < '0' || text[0] > '9') return std::nullopt;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (error != std::errc()) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    if (text.empty() && !any) {
      total = value * 1e9;
      any = true;
      break;
    }
    const Unit* found = nullptr;
    for (const Unit& unit : kUnits)
      if (text.starts_with(unit.name) && (!found || unit.name.size() > found->name.size())) found = &unit;
    if (!found) return std::nullopt;
    text.remove_prefix(found->name.size());
    total += value * found->nanoseconds;
    any = true;
  }
  if (!any || total > 9e18) return std::nullopt;
  return static_cast<Nanoseconds>(std::llround(total));
}

Nanoseconds parse_duration(std::string_view text, std::string_view option) {
  if (const auto duration = read_duration(text)) return *duration;
  throw Error(EX_USAGE, std::string(option) + ": can't read the duration '" + std::string(text) +
                            "': give one such as 500ms, 2s, 15m, 2h30m, 3d");
}

std::string to_short_duration(Nanoseconds duration) {
  const int64_t seconds = duration / kSecond;
  char text[48];
  if (duration < kSecond)
    snprintf(text, sizeof text, "%dms", static_cast<int>(duration / 1'000'000));
  else if (seconds < 60)
    snprintf(text, sizeof text, "%ds", static_cast<int>(seconds));
  else if (seconds < 3600)
    snprintf(text, sizeof text, "%dm%02ds", static_cast<int>(seconds / 60), static_cast<int>(seconds % 60));
  else if (seconds < 86400)
    snprintf(text, sizeof text, "%dh%02dm", static_cast<int>(seconds / 3600), static_cast<int>(seconds / 60 % 60));
  else
    snprintf(text, sizeof text, "%lldd%dh", static_cast<long long>(seconds / 86400),
             static_cast<int>(seconds / 3600 % 24));
  return text;
}

}  // namespace alco
