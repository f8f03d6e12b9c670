// Fuzz target: any text as a time, a range, a duration or a zone. What is taken is written as a text that means the
// same; nothing overflows.
#include <cstdlib>
#include <cstring>
#include <string>

#include "lib/collect/text_scanner.h"
#include "lib/error.h"
#include "lib/time_range.h"

using namespace alco;

namespace {

constexpr Nanoseconds kNow = 1'795'334'400 * kSecond;

void require(bool condition) {
  if (!condition) abort();
}

void check_time(Nanoseconds time) {
  const std::string text = to_rfc3339(time);
  require(parse_rfc3339(text) == time);
  const int64_t day = utc_day(time);
  require(parse_day_name(day_name(day)) == day);
  const Civil date = civil_from_days(day);
  require(days_from_civil(date.year, date.month, date.day) == day);
}

void check_zone(std::string_view name, Nanoseconds time) {
  if (name.find('/') != name.npos) return;  // no files
  try {
    const TimeZone zone = TimeZone::named(name);
    const int offset = zone.offset_at(time);
    require(std::abs(offset) <= 26 * 3600);
    std::string text;
    append_rfc3339(text, time, zone);
    if (offset % 60 == 0 && std::abs(offset) < 24 * 3600) require(parse_rfc3339(text) == time);
    // A wall clock's reading is that of one of the instants that show it.
    const Nanoseconds wall = time + offset * kSecond;
    const Nanoseconds back = zone.from_wall(wall);
    require(back == time || back + zone.offset_at(back) * kSecond == wall);
    append_wall(text, time, zone);
  } catch (const Error& error) {
    require(error.code() == EX_USAGE);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 9) return 0;
  int64_t number;
  memcpy(&number, data, 8);
  const std::vector<char> copy(data + 8, data + size);  // of its exact size
  const std::string_view text(copy.data(), copy.size());
  if (const auto time = epoch_to_time(number)) check_time(*time);
  double real;
  memcpy(&real, data, 8);
  if (const auto time = epoch_to_time(real)) check_time(*time);

  const Nanoseconds some = number % (200 * 365 * kDay);
  if (const auto time = parse_rfc3339(text)) check_time(*time);
  const std::string_view line = text.substr(0, text.find('\n'));
  const std::string_view rest = text.substr(std::min(text.size(), line.size() + 1));
  check_zone(rest, some);
  if (const auto time = read_time_point(line, TimeZone(), kNow)) check_time(*time);
  if (const auto duration = read_duration(line)) to_short_duration(*duration);
  try {
    const TimeRange range = parse_time_range(line, rest, TimeZone(), kNow);
    require(range.since < range.until);
  } catch (const Error& error) {
    require(error.code() == EX_USAGE);
  }

  // Lines of a file: a time is never more than a day behind the reference, views stay inside the line.
  TextScanner scanner;
  for (std::string_view left = text; !left.empty();) {
    const std::string_view one = left.substr(0, left.find('\n'));
    LineHead head{};
    if (scanner.scan(one, kNow, head)) check_time(head.time);
    left.remove_prefix(std::min(left.size(), one.size() + 1));
  }
  return 0;
}
