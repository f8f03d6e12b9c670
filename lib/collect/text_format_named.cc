// Formats with names of months: syslog, ctime, access logs.
#include <cstring>

#include "lib/collect/text_date.h"

namespace alco {
namespace {

constexpr size_t kAccessWindow = 512;  // a user name or a forwarded-for list may stand before the time

// "<34>": its severity
bool priority(Cursor& cursor, LineHead& head) {
  Cursor to = cursor;
  int value = 0;
  if (!to.skip('<') || !(to.digits(3, value) || to.one_or_two_digits(value)) || value > 191 || !to.skip('>'))
    return false;
  head.level = level_of_severity(value);
  cursor = to;
  return true;
}

std::string_view known(std::string_view text) { return text == "-" ? std::string_view() : text; }

// "1 2026-11-22T08:00:00Z host program pid id [data] text" of RFC 5424
bool structured(Cursor& cursor, FormatState& state, CivilTime& time, LineHead& head) {
  Cursor to = cursor;
  if (!to.skip("1 ") || !scan_iso(to, state.clock, time) || !to.skip(' ')) return false;
  head.host = known(to.token());
  to.skip(' ');
  head.program = known(to.token());
  to.skip(' ');
  head.pid = known(to.token());
  to.skip(' ');
  to.token();
  cursor = to;
  return true;
}

// "Nov 22 08:00:00.5", "Nov 22 2026 08:00:00", "Nov 22, 2026 8:00:00 AM"
bool month_day(Cursor& cursor, LineClock& clock, CivilTime& time) {
  Cursor to = cursor;
  if (!to.month_name(time.month) || !to.skip(' ')) return false;
  to.skip(' ');
  if (!to.one_or_two_digits(time.day)) return false;
  to.skip(',');
  if (!to.skip(' ')) return false;
  if (to.digits(4, time.year)) {
    to.skip(',');
    if (!to.skip(' ')) return false;
  }
  to.skip(' ');
  if (!to.time_of_day(time)) return false;
  if (time.year != 0) to.am_pm(time);
  to.zone(clock, time);
  cursor = to;
  return true;
}

}  // namespace

bool syslog_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  CivilTime time;
  if (priority(cursor, head)) {
    if (structured(cursor, state, time, head)) return finish_head(line, cursor, state, time, head);
    if (!month_day(cursor, state.clock, time) && !scan_iso(cursor, state.clock, time)) return false;
  } else {
    if (!cursor.skip('*')) cursor.skip('.');
    if (!month_day(cursor, state.clock, time)) return false;
  }
  const Cursor behind = cursor;
  scan_syslog_names(cursor, state, head);
  if (head.host.empty()) {  // "host text" is all that RFC 3164 promises, but only a known host is one
    Cursor to = behind;
    if (to.skip(' ') && !state.syslog_host.empty() && to.token() == state.syslog_host) head.host = state.syslog_host;
  }
  return finish_head(line, cursor, state, time, head);
}

bool ctime_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.skip('[');
  if (!cursor.weekday_name()) return false;
  CivilTime time;
  if (cursor.skip(',')) {
    cursor.skip(' ');
    if (!scan_day_month_year(cursor, state.clock, time)) return false;
  } else {
    if (!cursor.skip(' ') || !month_day(cursor, state.clock, time)) return false;
    Cursor to = cursor;
    if (time.year == 0 && to.skip(' ') && to.digits(4, time.year)) {
      cursor = to;
      cursor.zone(state.clock, time);
    }
  }
  cursor.skip(']');
  return finish_head(line, cursor, state, time, head);
}

bool day_month_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.skip('[');
  CivilTime time;
  if (scan_day_month_year(cursor, state.clock, time)) {
    cursor.skip(']');
    return finish_head(line, cursor, state, time, head);
  }
  // redis: 1234:M 22 Nov 2026 08:00:00.123 * Ready
  Cursor redis(line);
  while (is_digit(redis.peek())) ++redis.at;
  const size_t digits = static_cast<size_t>(redis.at - line.data());
  if (digits == 0 || !redis.skip(':') || !is_upper(redis.peek()) || redis.peek(1) != ' ') return false;
  redis.at += 2;
  time = CivilTime();
  if (!scan_day_month_year(redis, state.clock, time)) return false;
  head.pid = line.substr(0, digits);
  if (redis.skip(' ')) {
    const char mark = redis.peek();
    head.level = mark == '.'   ? "debug"
                 : mark == '-' ? "verbose"
                 : mark == '*' ? "notice"
                 : mark == '#' ? "warning"
                               : "";
  }
  return finish_head(line, redis, state, time, head);
}

bool access_format(std::string_view line, FormatState& state, LineHead& head) {
  const std::string_view window = line.substr(0, kAccessWindow);
  for (size_t at = window.find('['); at != window.npos; at = window.find('[', at + 1)) {
    Cursor cursor(line.substr(at + 1));
    CivilTime time;
    if (!is_digit(cursor.peek()) || !scan_day_month_year(cursor, state.clock, time) || !cursor.skip(']')) continue;
    return finish_head(line, cursor, state, time, head);
  }
  return false;
}

}  // namespace alco
