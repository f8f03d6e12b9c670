// Formats that count seconds.
#include <ctime>

#include "lib/collect/text_date.h"

namespace alco {
namespace {

// Seconds of 10 digits with an optional fraction, or 13, 16 or 19 digits: ms, µs, ns. Not before September 2001.
bool epoch(Cursor& cursor, Nanoseconds& time) {
  size_t digits = 0;
  uint64_t value = 0;
  while (digits < 20 && is_digit(cursor.peek(digits)))
    value = value * 10 + static_cast<uint64_t>(cursor.at[digits++] - '0');
  if (value > INT64_MAX || cursor.peek() == '0') return false;
  if (digits != 10 && digits != 13 && digits != 16 && digits != 19) return false;
  Nanoseconds unit = kSecond;
  uint64_t seconds = value;
  for (size_t fraction = 10; fraction < digits; fraction += 3) unit /= 1000, seconds /= 1000;
  if (seconds > 4'102'444'800) return false;  // 2100
  time = static_cast<int64_t>(value) * unit;
  cursor.at += digits;
  if (digits == 10 && (cursor.peek() == '.' || cursor.peek() == ',') && is_digit(cursor.peek(1))) {
    for (++cursor.at; is_digit(cursor.peek()); ++cursor.at) time += (unit /= 10) * (*cursor.at - '0');
  }
  return true;
}

int hex(char c) { return is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; }

}  // namespace

bool epoch_format(std::string_view line, FormatState&, LineHead& head) {
  Cursor cursor(line);
  const bool bracket = cursor.skip('[');
  const bool history = !bracket && cursor.skip('#');  // bash: the command is on the next line
  if (!epoch(cursor, head.time)) return false;
  if (bracket && !cursor.skip(']')) return false;
  if (history && cursor.left() > 0) return false;
  if (cursor.left() > 0 && (is_word(cursor.peek()) || cursor.peek() == '.' || cursor.peek() == '-')) return false;
  head.text = static_cast<size_t>(cursor.at - line.data());
  return true;
}

bool audit_format(std::string_view line, FormatState&, LineHead& head) {
  Cursor cursor(line);
  if (cursor.skip("node=")) {
    head.host = cursor.token();
    cursor.skip(' ');
  }
  if (cursor.skip("type=")) {
    cursor.token();
    cursor.skip(' ');
  }
  if (!cursor.skip("msg=audit(") && !cursor.skip("audit(")) return false;
  if (!epoch(cursor, head.time) || cursor.peek() != ':') return false;
  head.text = line.size();
  return true;
}

bool bgl_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  cursor.token();  // - or the kind of alert
  Nanoseconds seconds = 0;
  if (!cursor.skip(' ') || !epoch(cursor, seconds) || !cursor.skip(' ')) return false;
  CivilTime date, civil;
  if (!cursor.digits(4, date.year) || !cursor.skip('.') || !cursor.digits(2, date.month) || !cursor.skip('.'))
    return false;
  cursor.token();
  cursor.skip(' ');
  const std::string_view node = cursor.token();
  cursor.skip(' ');
  head.time = seconds;
  // The second time has the fraction; its zone is nowhere, but the first one is UTC.
  if (scan_iso(cursor, state.clock, civil) && civil.second == seconds / kSecond % 60) head.time += civil.nanoseconds;
  head.host = node == "NULL" ? std::string_view() : node;
  head.text = static_cast<size_t>(cursor.at - line.data());
  return true;
}

bool kernel_format(std::string_view line, FormatState& state, LineHead& head) {
  Cursor cursor(line);
  if (cursor.skip('<')) {  // <6>[    1.234567], as in /dev/kmsg
    int priority = 0;
    if (!cursor.digits(1, priority) && !cursor.digits(2, priority)) return false;
    if (!cursor.skip('>')) return false;
    head.level = level_of_severity(priority);
  }
  if (!cursor.skip('[')) return false;
  cursor.skip_spaces();
  int64_t stamp = 0;
  int digits = 0;
  for (; digits < 9 && is_digit(cursor.peek()); ++digits) stamp = stamp * 10 + (*cursor.at++ - '0');
  if (digits == 0 || !cursor.skip('.')) return false;
  int64_t unit = kSecond;
  stamp *= kSecond;
  int fraction = 0;
  for (; fraction < 9 && is_digit(cursor.peek()); ++fraction) stamp += (unit /= 10) * (*cursor.at++ - '0');
  if ((fraction != 6 && fraction != 9) || !cursor.skip(']')) return false;
  if (state.boot == INT64_MIN) {
    timespec up{}, wall{};
    clock_gettime(CLOCK_REALTIME, &wall);
    clock_gettime(CLOCK_BOOTTIME, &up);
    state.boot = (wall.tv_sec - up.tv_sec) * kSecond + wall.tv_nsec - up.tv_nsec;
    // A file from before this boot: all that is known is that the line was there when the file was written.
    if (state.clock.reference() < state.boot + stamp) state.boot = state.clock.reference() - stamp;
  }
  head.time = state.boot + stamp;
  head.text = static_cast<size_t>(cursor.at - line.data());
  return true;
}

bool tai64n_format(std::string_view line, FormatState&, LineHead& head) {
  if (line.size() < 25 || line[0] != '@' || line[1] != '4') return false;
  uint64_t seconds = 0, nanoseconds = 0;
  for (size_t i = 1; i < 25; ++i) {
    const int digit = hex(line[i]);
    if (digit < 0) return false;
    uint64_t& part = i < 17 ? seconds : nanoseconds;
    part = part << 4 | static_cast<uint64_t>(digit);
  }
  seconds -= (uint64_t{1} << 62) + 10;  // s6 and daemontools count TAI from 10 s before 1970
  if (seconds > 4'102'444'800 || nanoseconds >= kSecond || (line.size() > 25 && line[25] != ' ')) return false;
  head.time = static_cast<int64_t>(seconds) * kSecond + static_cast<int64_t>(nanoseconds);
  head.text = 25;
  return true;
}

}  // namespace alco
