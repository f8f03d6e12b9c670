#include "lib/collect/text_cursor.h"

namespace alco {
namespace {

// Three letters in lower case as one number.
constexpr uint32_t three(const char* text) {
  return static_cast<uint32_t>(text[0] | 0x20) << 16 | static_cast<uint32_t>(text[1] | 0x20) << 8 |
         static_cast<uint32_t>(text[2] | 0x20);
}

}  // namespace

bool Cursor::month_name(int& month) {
  if (left() < 3 || is_letter(peek(3))) return false;
  switch (three(at)) {
    case three("jan"):
      month = 1;
      break;
    case three("feb"):
      month = 2;
      break;
    case three("mar"):
      month = 3;
      break;
    case three("apr"):
      month = 4;
      break;
    case three("may"):
      month = 5;
      break;
    case three("jun"):
      month = 6;
      break;
    case three("jul"):
      month = 7;
      break;
    case three("aug"):
      month = 8;
      break;
    case three("sep"):
      month = 9;
      break;
    case three("oct"):
      month = 10;
      break;
    case three("nov"):
      month = 11;
      break;
    case three("dec"):
      month = 12;
      break;
    default:
      return false;
  }
  at += 3;
  return true;
}

bool Cursor::weekday_name() {
  if (left() < 3 || is_letter(peek(3))) return false;
  switch (three(at)) {
    case three("mon"):
    case three("tue"):
    case three("wed"):
    case three("thu"):
    case three("fri"):
    case three("sat"):
    case three("sun"):
      at += 3;
      return true;
    default:
      return false;
  }
}

bool Cursor::time_of_day(CivilTime& time) {
  Cursor to = *this;
  if (!to.one_or_two_digits(time.hour) || !to.skip(':') || !to.digits(2, time.minute)) return false;
  time.second = 0;
  time.nanoseconds = 0;
  if (to.peek() == ':' && is_digit(to.peek(1))) {
    ++to.at;
    if (!to.digits(2, time.second)) return false;
    if ((to.peek() == '.' || to.peek() == ',') && is_digit(to.peek(1))) {
      int64_t unit = kSecond;
      for (++to.at; to.at < to.end && is_digit(*to.at); ++to.at) {
        unit /= 10;
        time.nanoseconds += unit * (*to.at - '0');
      }
    }
  }
  *this = to;
  return true;
}

bool Cursor::am_pm(CivilTime& time) {
  Cursor to = *this;
  to.skip(' ');
  const char half = static_cast<char>(to.peek() & ~0x20);
  if ((half != 'A' && half != 'P') || (to.peek(1) & ~0x20) != 'M' || is_word(to.peek(2))) return false;
  if (time.hour < 1 || time.hour > 12) return false;
  time.hour = time.hour % 12 + (half == 'P' ? 12 : 0);
  to.at += 2;
  *this = to;
  return true;
}

bool Cursor::zone(LineClock& clock, CivilTime& time) {
  Cursor to = *this;
  const bool spaced = to.skip(' ');
  if (to.peek() == '+' || to.peek() == '-') {
    const int sign = to.peek() == '-' ? -1 : 1;
    ++to.at;
    int hours = 0, minutes = 0;
    if (to.digits(4, hours)) {
      minutes = hours % 100;
      hours /= 100;
    } else if (!to.digits(2, hours)) {
      return false;
    } else if (to.peek() == ':') {
      ++to.at;
      if (!to.digits(2, minutes)) return false;
    } else if (spaced) {
      return false;
    }
    if (hours > 15 || minutes > 59 || is_letter(to.peek())) return false;
    time.zoned = true;
    time.offset = sign * (hours * 3600 + minutes * 60);
    *this = to;
    return true;
  }
  size_t size = 0;
  while (size < 6 && is_upper(to.peek(size))) ++size;
  if (size == 0 || size > 5 || is_word(to.peek(size)) || (spaced && size < 3)) return false;
  if (!clock.zone_named(to.rest().substr(0, size), time)) return false;
  to.at += size;
  *this = to;
  return true;
}

}  // namespace alco
