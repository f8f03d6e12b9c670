#include "lib/time_zone.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>

#include "lib/disk.h"
#include "lib/error.h"

namespace alco {
namespace {

constexpr size_t kMaxFile = size_t{1} << 20;
constexpr int kMaxOffsetHours = 24, kMaxChangeHours = 167;  // of a POSIX rule

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

int64_t seconds_of(Nanoseconds time) { return floor_div(time, kSecond); }

uint64_t big_endian(std::string_view data, size_t at, size_t bytes) {
  uint64_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = value << 8 | static_cast<unsigned char>(data[at + i]);
  return value;
}

// A number at the front of `text`, at most `max`; -1 if there is none.
int take_number(std::string_view& text, int max) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < 0 || value > max) return -1;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

// The abbreviation of a POSIX rule: letters, or anything between < and >.
bool take_name(std::string_view& text) {
  if (take(text, '<')) {
    const size_t end = text.find('>');
    if (end == text.npos) return false;
    text.remove_prefix(end + 1);
    return true;
  }
  size_t size = 0;
  while (size < text.size() && ((text[size] | 32) >= 'a' && (text[size] | 32) <= 'z')) ++size;
  text.remove_prefix(size);
  return size >= 3;
}

// [+-]hh[:mm[:ss]]
bool take_time(std::string_view& text, int max_hours, int& seconds) {
  const bool minus = take(text, '-');
  if (!minus) take(text, '+');
  const int hours = take_number(text, max_hours);
  if (hours < 0) return false;
  seconds = hours * 3600;
  for (int unit : {60, 1}) {
    if (!take(text, ':')) break;
    const int value = take_number(text, 59);
    if (value < 0) return false;
    seconds += value * unit;
  }
  if (minus) seconds = -seconds;
  return true;
}

// "+05:30", "-03": a fixed distance from UTC.
std::optional<int> fixed_offset(std::string_view name) {
  if (name.size() < 3 || (name[0] != '+' && name[0] != '-')) return std::nullopt;
  const auto at_offset = parse_rfc3339("2000-01-01T00:00:00" + std::string(name));
  if (!at_offset) return std::nullopt;
  return static_cast<int>((*parse_rfc3339("2000-01-01") - *at_offset) / kSecond);
}

bool safe_name(std::string_view name) {
  return !name.empty() && name[0] != '/' && name[0] != '.' && name.find("..") == name.npos &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == name.npos;
}

}  // namespace

TimeZone TimeZone::named(std::string_view name) {
  TimeZone zone;
  if (name == "UTC" || name == "Z" || name == "utc") return zone;
  if (const auto offset = fixed_offset(name)) {
    zone.rule_.standard_offset = *offset;
    return zone;
  }
  if (safe_name(name)) {
    const char* folder = getenv("TZDIR");
    if (folder && zone.load(std::string(folder) + "/" + std::string(name))) return zone;
    if (zone.load("/usr/share/zoneinfo/" + std::string(name))) return zone;
  }
  if (parse_rule(name, zone.rule_)) return zone;
  throw Error(EX_USAGE,
              "unknown time zone '" + std::string(name) + "': give a name such as Europe/Berlin, UTC or +05:30");
}

TimeZone TimeZone::local() {
  const char* name = getenv("TZ");
  TimeZone zone;
  if (!name) {
    zone.load("/etc/localtime");
    return zone;
  }
  if (*name == ':') ++name;
  if (*name == '/') {
    zone.load(name);
    return zone;
  }
  try {
    if (*name) zone = named(name);
  } catch (const Error&) {  // as the C library: UTC
  }
  return zone;
}

bool TimeZone::load(const std::string& path) {
  FILE* file = fopen(path.c_str(), "rbe");
  if (!file) return false;
  std::string data;
  char piece[4096];  // more than most have
  for (size_t n; data.size() < kMaxFile && (n = fread(piece, 1, sizeof piece, file)) > 0;) data.append(piece, n);
  fclose(file);
  return parse_file(data);
}

bool TimeZone::parse_file(std::string_view data) {
  constexpr size_t kHeader = 44;
  const auto valid = [](std::string_view block) { return block.size() >= kHeader && block.substr(0, 4) == "TZif"; };
  const auto count = [](std::string_view block, int field) {
    return static_cast<size_t>(big_endian(block, 20 + 4 * static_cast<size_t>(field), 4));
  };
  enum { kIsUt, kIsStd, kLeap, kTimes, kTypes, kChars };
  if (!valid(data) || data[4] < '2') return false;
  const size_t skip = kHeader + count(data, kTimes) * 5 + count(data, kTypes) * 6 + count(data, kChars) +
                      count(data, kLeap) * 8 + count(data, kIsStd) + count(data, kIsUt);
  if (skip > data.size()) return false;
  data.remove_prefix(skip);  // the second block has 64-bit times
  if (!valid(data)) return false;
  const size_t times = count(data, kTimes), types = count(data, kTypes);
  const size_t body = kHeader + times * 9 + types * 6 + count(data, kChars) + count(data, kLeap) * 12 +
                      count(data, kIsStd) + count(data, kIsUt);
  if (body > data.size() || types == 0) return false;
  const size_t type_at = kHeader + times * 9;
  const auto offset = [&](size_t type) {
    return type < types ? static_cast<int>(static_cast<int32_t>(big_endian(data, type_at + type * 6, 4))) : 0;
  };
  first_offset_ = offset(0);
  changes_.clear();
  for (size_t i = 0; i < times; ++i)
    changes_.push_back({static_cast<int64_t>(big_endian(data, kHeader + i * 8, 8)),
                        offset(static_cast<unsigned char>(data[kHeader + times * 8 + i]))});
  std::string_view footer = data.substr(body);
  take(footer, '\n');
  footer = footer.substr(0, footer.find('\n'));
  rule_ = {};
  rule_.standard_offset = changes_.empty() ? first_offset_ : changes_.back().offset;
  Rule rule;
  if (parse_rule(footer, rule)) rule_ = rule;
  return true;
}

bool TimeZone::parse_rule(std::string_view text, Rule& rule) {
  int west = 0;
  if (!take_name(text) || !take_time(text, kMaxOffsetHours, west)) return false;
  rule.standard_offset = -west;
  if (text.empty()) return true;
  if (!take_name(text)) return false;
  rule.daylight = true;
  rule.daylight_offset = rule.standard_offset + 3600;
  if (!text.empty() && text[0] != ',') {
    if (!take_time(text, kMaxOffsetHours, west)) return false;
    rule.daylight_offset = -west;
  }
  if (text.empty()) text = ",M3.2.0,M11.1.0";
  return take(text, ',') && parse_date(text, rule.start) && take(text, ',') && parse_date(text, rule.end) &&
         text.empty();
}

bool TimeZone::parse_date(std::string_view& text, Date& date) {
  if (take(text, 'M')) {
    date.month = take_number(text, 12);
    if (!take(text, '.')) return false;
    date.week = take_number(text, 5);
    if (!take(text, '.')) return false;
    date.day = take_number(text, 6);
    if (date.month < 1 || date.week < 1 || date.day < 0) return false;
  } else {
    date.kind = take(text, 'J') ? 'J' : 'n';
    date.day = take_number(text, 365);
    if (date.day < 0) return false;
  }
  return !take(text, '/') || take_time(text, kMaxChangeHours, date.seconds);
}

int64_t TimeZone::change_day(const Date& date, int64_t year) {
  const int64_t january = days_from_civil(year, 1, 1);
  if (date.kind == 'n') return january + date.day;
  const bool leap = days_from_civil(year, 3, 1) - days_from_civil(year, 2, 1) == 29;
  if (date.kind == 'J') return january + date.day - 1 + (leap && date.day >= 60);
  const auto month = static_cast<unsigned>(date.month);
  const int64_t first = days_from_civil(year, month, 1);
  const int64_t next = month == 12 ? days_from_civil(year + 1, 1, 1) : days_from_civil(year, month + 1, 1);
  const int64_t weekday = ((first + 4) % 7 + 7) % 7;  // 1970-01-01 was a Thursday
  int64_t day = first + (date.day - weekday + 7) % 7 + (date.week - 1) * 7;
  while (day >= next) day -= 7;
  return day;
}

int TimeZone::rule_offset(int64_t second) const {
  if (!rule_.daylight) return rule_.standard_offset;
  const int64_t year = civil_from_days(floor_div(second + rule_.standard_offset, 86400)).year;
  const int64_t start = change_day(rule_.start, year) * 86400 + rule_.start.seconds - rule_.standard_offset;
  const int64_t end = change_day(rule_.end, year) * 86400 + rule_.end.seconds - rule_.daylight_offset;
  const bool daylight = start < end ? second >= start && second < end : second >= start || second < end;
  return daylight ? rule_.daylight_offset : rule_.standard_offset;
}

int TimeZone::offset_at(Nanoseconds time) const {
  const int64_t second = seconds_of(time);
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), second,
                                     [](int64_t value, const Change& change) { return value < change.from; });
  if (next == changes_.end()) return rule_offset(second);
  return next == changes_.begin() ? first_offset_ : (next - 1)->offset;
}

Nanoseconds TimeZone::from_wall(Nanoseconds wall) const {
  // Nearly always the offsets of a time before and of one behind it are the only candidates. What lies between two
  // changes of one day has one of the rule's. The larger offset gives the earlier instant.
  const Nanoseconds most = (kMaxOffsetHours + 2) * 3600 * kSecond;
  const int before = offset_at(wall - most), after = offset_at(wall + most);
  int candidates[] = {before, after, rule_.standard_offset, rule_.daylight ? rule_.daylight_offset : before};
  std::sort(std::begin(candidates), std::end(candidates), std::greater<>());
  for (const int offset : candidates) {
    const Nanoseconds time = wall - offset * kSecond;
    if (offset_at(time) == offset) return time;
  }
  return wall - before * kSecond;  // left out: the clock was put forward
}

void append_rfc3339(std::string& out, Nanoseconds time, const TimeZone& zone) {
  if (zone.is_utc()) return append_rfc3339(out, time);
  const int offset = zone.offset_at(time);
  append_rfc3339(out, time + offset * kSecond);
  out.pop_back();  // the Z
  const int minutes = std::abs(offset) / 60;
  char text[8];
  snprintf(text, sizeof text, "%c%02d:%02d", offset < 0 ? '-' : '+', minutes / 60 % 100, minutes % 60);
  out += text;
}

void append_wall(std::string& out, Nanoseconds time, const TimeZone& zone) {
  const size_t start = out.size();
  append_rfc3339(out, time + zone.offset_at(time) * kSecond);
  out.resize(start + 23);
  out[start + 10] = ' ';
}

}  // namespace alco
