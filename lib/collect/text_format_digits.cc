// Formats whose dates are digits only.
#include "lib/collect/text_date.h"

namespace alco {
namespace {

int full_year(int two_digits) { return two_digits + (two_digits < 70 ? 2000 : 1900); }

// logcat's "  1702  2395 D Tag: "
void logcat_columns(Cursor& cursor, LineHead& head) {
  Cursor to = cursor;
  to.skip_spaces();
  const std::string_view pid = to.token();
  to.skip_spaces();
  const std::string_view thread = to.token();
  if (pid.empty() || !is_digit(pid[0]) || thread.empty() || !is_digit(thread[0]) || !to.skip(' ')) return;
  const std::string_view level = level_of_letter(to.peek());
  if (level.empty() || to.peek(1) != ' ') return;
  to.at += 2;
  const char* tag = to.at;
  while (to.at < to.end && *to.at != ':' && *to.at != ' ') ++to.at;
  head.pid = pid;
  head.level = level;
  head.program = {tag, static_cast<size_t>(to.at - tag)};
  cursor = to;
}

}  // namespace

bool iso_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.skip("\xef\xbb\xbf");
  if (is_letter(cursor.peek())) {
    const char letter = cursor.peek();
    if (cursor.weekday_name()) {  // journalctl -o short-full
      if (!cursor.skip(' ')) return false;
    } else if (cursor.skip(std::string_view(&letter, 1)) && cursor.skip(", [")) {  // Ruby's Logger: E, [2026-…
      head.level = level_of_letter(letter);
    } else {
      return false;
    }
  } else if (!is_digit(cursor.peek()) && !cursor.skip('[') && !cursor.skip('(') && !cursor.skip('"')) {
    return false;
  }
  CivilTime time;
  if (!scan_iso(cursor, state.clock, time)) return false;
  const Cursor behind = cursor;
  scan_syslog_names(cursor, state, head);
  if (cursor.at == behind.at && cursor.peek() == ' ') logcat_columns(cursor, head);
  return finish_head(line, cursor, state, time, head);
}

bool android_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  CivilTime time;
  if (!cursor.digits(2, time.month) || !cursor.skip('-') || !cursor.digits(2, time.day) || !cursor.skip(' ') ||
      !cursor.time_of_day(time))
    return false;
  logcat_columns(cursor, head);
  return finish_head(line, cursor, state, time, head);
}

bool short_date_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.skip('[');
  CivilTime time;
  int first = 0, second = 0, third = 0;
  if (!cursor.one_or_two_digits(first)) return false;
  const char separator = cursor.peek();
  if ((separator != '/' && separator != '.' && separator != '-') || !is_digit(cursor.peek(1))) return false;
  ++cursor.at;
  if (!cursor.one_or_two_digits(second)) return false;
  if (cursor.skip(separator)) {
    if (cursor.digits(4, third)) {  // American with /, unless that is no month; else European
      time.year = third;
      const bool month_first = separator == '/' && first <= 12;
      time.month = month_first ? first : second;
      time.day = month_first ? second : first;
    } else if (cursor.digits(2, third)) {
      time.year = full_year(first);
      time.month = second;
      time.day = third;
      if (second > 12 || third > 31) {  // 11/22/26
        time.year = full_year(third);
        time.month = first;
        time.day = second;
      }
    } else {
      return false;
    }
  } else {  // no year: [11.22 08:00:00]
    time.month = first <= 12 ? first : second;
    time.day = first <= 12 ? second : first;
  }
  if (!cursor.skip(", ") && !cursor.skip(' ') && !cursor.skip(',') && !cursor.skip('-') && !cursor.skip('T'))
    return false;
  cursor.skip(' ');
  if (!cursor.time_of_day(time)) return false;
  cursor.am_pm(time);
  cursor.zone(state.clock, time);
  cursor.skip(']');
  return finish_head(line, cursor, state, time, head);
}

bool packed_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.skip('[');
  CivilTime time;
  int date = 0, clock = 0;
  if (cursor.digits(8, date)) {
    time.year = date / 10000;
  } else if (cursor.digits(6, date)) {
    time.year = full_year(date / 10000);
  } else {
    return false;
  }
  time.month = date / 100 % 100;
  time.day = date % 100;
  if (time.month == 0) return false;
  if (!cursor.skip(' ') && !cursor.skip('T') && !cursor.skip('-') && !cursor.skip('_')) return false;
  cursor.skip(' ');
  if (cursor.digits(6, clock)) {
    time.hour = clock / 10000;
    time.minute = clock / 100 % 100;
    time.second = clock % 100;
    if ((cursor.peek() == '.' || cursor.peek() == ',') && is_digit(cursor.peek(1))) {
      int64_t unit = kSecond;
      for (++cursor.at; is_digit(cursor.peek()); ++cursor.at) time.nanoseconds += (unit /= 10) * (*cursor.at - '0');
    }
  } else if (!cursor.time_of_day(time)) {
    return false;
  }
  cursor.zone(state.clock, time);
  return finish_head(line, cursor, state, time, head);
}

bool glog_format(std::string_view line, FormatState& state, LineHead& head) {
  if (line.size() < 14 || !is_digit(line[1])) return false;
  head.level = level_of_letter(line[0]);
  if (head.level.empty()) return false;
  Cursor cursor(line.substr(1));
  CivilTime time;
  int date = 0;
  if (!cursor.digits(4, date) && !cursor.digits(8, date)) return false;
  time.year = date / 10000;
  time.month = date / 100 % 100;
  time.day = date % 100;
  if (time.month == 0 || !cursor.skip(' ') || !cursor.time_of_day(time)) return false;
  cursor.skip_spaces();
  head.pid = cursor.token();
  return finish_head(line, cursor, state, time, head);
}

bool apt_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  if (cursor.skip("End-Date: ") || cursor.skip("Log ended: ")) {
    head.continues = true;
  } else if (!cursor.skip("Start-Date: ") && !cursor.skip("Log started: ")) {
    return false;
  }
  CivilTime time;
  return scan_iso(cursor, state.clock, time) && finish_head(line, cursor, state, time, head);
}

bool time_only_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.skip('[');
  CivilTime time;
  if (cursor.left() < 8 || cursor.at[2] != ':' || cursor.at[5] != ':' || !cursor.time_of_day(time)) return false;
  cursor.skip(']');
  const char next = cursor.peek();
  return (next == ' ' || next == '\t' || next == '|') && finish_head(line, cursor, state, time, head);
}

bool inner_format(std::string_view line, FormatState& state, LineHead& head, size_t& token) {
  constexpr size_t kWindow = 100;
  if (line.empty() || line[0] == ' ' || line[0] == '\t') return false;
  token = 0;
  const size_t last = line.size() < kWindow ? line.size() : kWindow;
  for (size_t at = 1; at < last; ++at) {
    const char before = line[at - 1];
    if (before == ' ' && line[at] != ' ') ++token;
    if (!is_digit(line[at]) || is_word(before)) continue;
    Cursor cursor(line.substr(at));
    CivilTime time;
    if (!scan_iso(cursor, state.clock, time)) {
      time = CivilTime();
      if (!scan_day_month_year(cursor, state.clock, time)) continue;
    }
    if (!finish_head(line, cursor, state, time, head)) continue;
    head.text = 0;
    return true;
  }
  return false;
}

}  // namespace alco
