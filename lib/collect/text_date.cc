#include "lib/collect/text_date.h"

#include "lib/collect/text_level.h"

namespace alco {
namespace {

bool hostname(std::string_view text) {
  if (text.empty() || text.size() > 255 || text == "---") return false;
  for (char c : text)
    if (!is_word(c) && c != '.' && c != '-' && c != ':') return false;
  return true;
}

// 08.00.00.123456
bool dotted_time(Cursor& cursor, CivilTime& time) {
  Cursor to = cursor;
  if (!to.digits(2, time.hour) || !to.skip('.') || !to.digits(2, time.minute) || !to.skip('.') ||
      !to.digits(2, time.second))
    return false;
  if (to.peek() == '.' && is_digit(to.peek(1))) {
    int64_t unit = kSecond;
    for (++to.at; is_digit(to.peek()); ++to.at) time.nanoseconds += (unit /= 10) * (*to.at - '0');
  }
  cursor = to;
  return true;
}

}  // namespace

bool scan_iso(Cursor& cursor, LineClock& clock, CivilTime& time) {
  Cursor to = cursor;
  if (!to.digits(4, time.year)) return false;
  const char separator = to.peek();
  if (separator != '-' && separator != '/' && separator != '.') return false;
  ++to.at;
  if (!to.one_or_two_digits(time.month) || !to.skip(separator) || !to.one_or_two_digits(time.day)) return false;
  const char between = to.peek();
  if (between != 'T' && between != 't' && between != ' ' && between != '_' && between != '-' && between != ':' &&
      between != ',')
    return false;
  ++to.at;
  if (between == ' ' || between == ',') to.skip(' ');
  if (!to.time_of_day(time) && !dotted_time(to, time)) return false;
  if (is_digit(to.peek())) return false;
  to.am_pm(time);
  to.zone(clock, time);
  cursor = to;
  return true;
}

bool scan_day_month_year(Cursor& cursor, LineClock& clock, CivilTime& time) {
  Cursor to = cursor;
  if (!to.one_or_two_digits(time.day)) return false;
  const char separator = to.peek();
  if (separator != '/' && separator != '-' && separator != ' ') return false;
  ++to.at;
  if (!to.month_name(time.month) || !to.skip(separator) || !to.digits(4, time.year)) return false;
  to.skip(',');
  if (!to.skip(' ') && !to.skip(':') && !to.skip('T')) return false;
  if (!to.time_of_day(time)) return false;
  to.am_pm(time);
  to.zone(clock, time);
  cursor = to;
  return true;
}

void scan_syslog_names(Cursor& cursor, FormatState& state, LineHead& head) {
  Cursor to = cursor;
  if (!to.skip(' ')) return;
  const std::string_view host = to.token();
  if (!hostname(host) || host.back() == ':' || is_level_word(host) || !to.skip(' ')) return;
  const char* program = to.at;
  while (to.at < to.end && *to.at != ' ' && *to.at != '[' && *to.at != ':') ++to.at;
  const std::string_view name(program, static_cast<size_t>(to.at - program));
  if (name.empty() || name.size() > 128) return;
  std::string_view pid;
  if (to.skip('[')) {
    const char* from = to.at;
    while (is_digit(to.peek())) ++to.at;
    pid = {from, static_cast<size_t>(to.at - from)};
    if (pid.empty() || !to.skip(']')) return;
  }
  if (!to.skip(':')) return;
  if (!pid.empty()) {
    if (state.syslog_host != host) state.syslog_host = host;
  } else if (name != "kernel" && state.syslog_host != host) {
    return;
  }
  head.host = host;
  head.program = name;
  head.pid = pid;
  cursor = to;
}

bool finish_head(std::string_view line, const Cursor& cursor, FormatState& state, const CivilTime& time,
                 LineHead& head) {
  head.text = static_cast<size_t>(cursor.at - line.data());
  return state.clock.resolve(time, head.time);
}

std::string_view level_of_letter(char letter) {
  switch (letter) {
    case 'V':
      return "VERBOSE";
    case 'D':
      return "DEBUG";
    case 'I':
      return "INFO";
    case 'W':
      return "WARNING";
    case 'E':
      return "ERROR";
    case 'F':
      return "FATAL";
    default:
      return {};
  }
}

std::string_view level_of_severity(int severity) {
  static constexpr std::string_view kNames[] = {"emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"};
  return kNames[severity & 7];
}

}  // namespace alco
