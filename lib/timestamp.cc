#include "lib/timestamp.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace alco {
namespace {

// 106,749 days: two days more, or a whole day, still fit into int64_t nanoseconds.
constexpr int64_t kMaxSeconds = 9'223'113'599;

bool digit(char c) { return c >= '0' && c <= '9'; }

// Reads exactly `count` digits; -1 if they are not there.
int number(std::string_view& text, size_t count) {
  if (text.size() < count) return -1;
  int value = 0;
  for (size_t i = 0; i < count; ++i) {
    if (!digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool skip(std::string_view& text, std::string_view any) {
  if (text.empty() || any.find(text[0]) == any.npos) return false;
  text.remove_prefix(1);
  return true;
}

unsigned days_in_month(int64_t year, unsigned month) {
  static constexpr unsigned kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return month == 2 && leap ? 29 : kDays[month - 1];
}

// Seconds east of UTC; nullopt if the text is not wholly a zone.
std::optional<int> zone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const int sign = text[0] == '-' ? -1 : 1;
  if (!skip(text, "+-")) return std::nullopt;
  const int hours = number(text, 2);
  skip(text, ":");
  const int minutes = text.empty() ? 0 : number(text, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || !text.empty()) return std::nullopt;
  return sign * (hours * 3600 + minutes * 60);
}

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }

void put_digits(char* out, uint64_t value, int count) {
  while (count-- > 0) {
    out[count] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

}  // namespace

Nanoseconds now() {
  timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  return ts.tv_sec * kSecond + ts.tv_nsec;
}

int64_t days_from_civil(int64_t year, unsigned month, unsigned day) {
  // Howard Hinnant, "chrono-compatible low-level date algorithms".
  year -= month <= 2;
  const int64_t era = floor_div(year, 400);
  const auto yoe = static_cast<unsigned>(year - era * 400);
  const unsigned doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const unsigned doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468;
}

Civil civil_from_days(int64_t days) {
  days += 719468;
  const int64_t era = floor_div(days, 146097);
  const auto doe = static_cast<unsigned>(days - era * 146097);
  const unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  const unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  const unsigned mp = (5 * doy + 2) / 153;
  const unsigned month = mp < 10 ? mp + 3 : mp - 9;
  return {yoe + era * 400 + (month <= 2), month, doy - (153 * mp + 2) / 5 + 1};
}

namespace {

// "2026-11-20T05:59:59.922577Z", with three, six or nine digits or without a fraction: what nearly all logs have.
std::optional<Nanoseconds> parse_usual(std::string_view text) {
  const size_t size = text.size();
  if ((size != 27 && size != 24 && size != 20 && size != 30) || text[size - 1] != 'Z') return std::nullopt;
  const char* const at = text.data();
  if (at[4] != '-' || at[7] != '-' || at[10] != 'T' || at[13] != ':' || at[16] != ':') return std::nullopt;
  unsigned worst = 0;  // above 9 if a character is no digit
  const auto two = [&](size_t i) {
    const unsigned tens = static_cast<unsigned char>(at[i]) - unsigned{'0'};
    const unsigned ones = static_cast<unsigned char>(at[i + 1]) - unsigned{'0'};
    worst = std::max({worst, tens, ones});
    return tens * 10 + ones;
  };
  const unsigned year = two(0) * 100 + two(2), month = two(5), day = two(8);
  const unsigned hour = two(11), minute = two(14), second = two(17);
  uint64_t fraction = 0;
  if (size > 20) {
    if (at[19] != '.') return std::nullopt;
    for (size_t i = 20; i + 1 < size; ++i) {
      const unsigned digit_value = static_cast<unsigned char>(at[i]) - unsigned{'0'};
      worst = std::max(worst, digit_value);
      fraction = fraction * 10 + digit_value;
    }
    fraction *= size == 24 ? 1'000'000 : size == 27 ? 1'000 : 1;
  }
  const bool plain = worst <= 9 && month - 1 < 12 && day >= 1 && hour <= 23 && minute <= 59 && second <= 59 &&
                     year >= 1900 && year < 2200;
  if (!plain || day > days_in_month(year, month)) return std::nullopt;
  const int64_t seconds = days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
  return seconds * kSecond + static_cast<Nanoseconds>(fraction);
}

}  // namespace

std::optional<Nanoseconds> parse_rfc3339(std::string_view text) {
  if (const auto time = parse_usual(text)) return time;
  const int year = number(text, 4);
  if (year < 0 || !skip(text, "-")) return std::nullopt;
  const int month = number(text, 2);
  if (month < 1 || month > 12 || !skip(text, "-")) return std::nullopt;
  const int day = number(text, 2);
  if (day < 1 || static_cast<unsigned>(day) > days_in_month(year, static_cast<unsigned>(month))) return std::nullopt;
  int hour = 0, minute = 0, second = 0;
  Nanoseconds fraction = 0;
  if (!text.empty()) {
    if (!skip(text, "Tt ")) return std::nullopt;
    hour = number(text, 2);
    if (hour < 0 || hour > 23 || !skip(text, ":")) return std::nullopt;
    minute = number(text, 2);
    if (minute < 0 || minute > 59) return std::nullopt;
    if (skip(text, ":")) {
      second = number(text, 2);
      if (second < 0 || second > 60) return std::nullopt;
      if (second == 60) second = 59;
      if (skip(text, ".,")) {
        if (text.empty() || !digit(text[0])) return std::nullopt;
        for (Nanoseconds unit = kSecond / 10; !text.empty() && digit(text[0]); text.remove_prefix(1), unit /= 10)
          fraction += unit * (text[0] - '0');
      }
    }
    if (text.size() > 1 && text[0] == ' ') text.remove_prefix(1);
  }
  const auto offset = zone(text);
  if (!offset) return std::nullopt;
  const int64_t seconds = days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day)) * 86400 +
                          hour * 3600 + minute * 60 + second - *offset;
  if (seconds > kMaxSeconds || seconds < -kMaxSeconds) return std::nullopt;
  return seconds * kSecond + fraction;
}

std::optional<Nanoseconds> epoch_to_time(int64_t value) {
  const uint64_t size = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  const int64_t unit = size < 100'000'000'000           ? kSecond
                       : size < 100'000'000'000'000     ? 1'000'000
                       : size < 100'000'000'000'000'000 ? 1'000
                                                        : 1;
  Nanoseconds time = 0;
  if (__builtin_mul_overflow(value, unit, &time)) return std::nullopt;
  if (time > kMaxSeconds * kSecond || time < -kMaxSeconds * kSecond) return std::nullopt;
  return time;
}

std::optional<Nanoseconds> epoch_to_time(double value) {
  const double size = std::fabs(value);
  const double unit = size < 1e11 ? 1e9 : size < 1e14 ? 1e6 : size < 1e17 ? 1e3 : 1;
  const double result = value * unit;
  if (!(std::fabs(result) < static_cast<double>(kMaxSeconds) * 1e9)) return std::nullopt;
  // Whole and fractional part apart: a double of seconds holds microseconds, but not their nanoseconds.
  const double whole = std::trunc(value);
  const double step = unit > 1e3 ? 1e3 : 1;  // to the microsecond
  return static_cast<int64_t>(whole) * static_cast<int64_t>(unit) +
         static_cast<int64_t>(std::round((value - whole) * unit / step) * step);
}

void append_rfc3339(std::string& out, Nanoseconds time) {
  const int64_t day = utc_day(time);
  const auto rest = static_cast<uint64_t>(time % kDay + (time % kDay < 0 ? kDay : 0));
  const Civil date = civil_from_days(day);
  char text[] = "0000-00-00T00:00:00.000000000Z";
  put_digits(text, static_cast<uint64_t>(date.year), 4);
  put_digits(text + 5, date.month, 2);
  put_digits(text + 8, date.day, 2);
  const uint64_t seconds = rest / 1'000'000'000, fraction = rest % 1'000'000'000;
  put_digits(text + 11, seconds / 3600, 2);
  put_digits(text + 14, seconds / 60 % 60, 2);
  put_digits(text + 17, seconds % 60, 2);
  if (fraction % 1000 == 0) {
    put_digits(text + 20, fraction / 1000, 6);
    out.append(text, 26);
    out += 'Z';
  } else {
    put_digits(text + 20, fraction, 9);
    out.append(text, 30);
  }
}

std::string to_rfc3339(Nanoseconds time) {
  std::string out;
  append_rfc3339(out, time);
  return out;
}

int64_t utc_day(Nanoseconds time) { return floor_div(time, kDay); }

std::string day_name(int64_t day) {
  const Civil date = civil_from_days(day);
  std::string name(8, '0');
  put_digits(name.data(), static_cast<uint64_t>(date.year), 4);
  put_digits(name.data() + 4, date.month, 2);
  put_digits(name.data() + 6, date.day, 2);
  return name;
}

std::optional<int64_t> parse_day_name(std::string_view name) {
  if (name.size() != 8) return std::nullopt;
  const int year = number(name, 4), month = number(name, 2), day = number(name, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1) return std::nullopt;
  if (static_cast<unsigned>(day) > days_in_month(year, static_cast<unsigned>(month))) return std::nullopt;
  return days_from_civil(year, static_cast<unsigned>(month), static_cast<unsigned>(day));
}

}  // namespace alco
