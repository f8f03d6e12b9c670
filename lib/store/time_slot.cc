#include "lib/store/time_slot.h"

namespace alco::store {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr int kQuarter = 15;   // zones differ by multiples of it
constexpr int kMostEast = 56;  // quarters: UTC+14
constexpr int kMostWest = 48;  // UTC-12
constexpr size_t kMaxFraction = 9;

bool digit(char c) { return c >= '0' && c <= '9'; }
bool alphanumeric(char c) { return digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }
int two_digits(const char* at) { return (at[0] - '0') * 10 + (at[1] - '0'); }

struct Clock {
  int64_t second;      // since 1970
  int64_t nanosecond;  // of the second
  int of_day;          // second of the day, UTC
};

Clock clock_of(Nanoseconds time) {
  int64_t second = time / kSecond, nanosecond = time % kSecond;
  if (nanosecond < 0) {
    --second;
    nanosecond += kSecond;
  }
  int64_t of_day = second % (kMinutesOfDay * 60);
  if (of_day < 0) of_day += kMinutesOfDay * 60;
  return {second, nanosecond, static_cast<int>(of_day)};
}

void put(TimeMatch& match, Slot kind, int width) {
  match.key[match.size++] = kSlotMark;
  match.key[match.size++] = static_cast<char>(kind);
  match.key[match.size++] = static_cast<char>(0x80 | width);
}

// The first `count` digits of the fraction of a second.
int64_t fraction(int64_t nanosecond, size_t count) {
  for (; count < kMaxFraction; ++count) nanosecond /= 10;
  return nanosecond;
}

void match_fraction(std::string_view text, int64_t nanosecond, TimeMatch& match) {
  size_t at = match.end;
  if (text.size() - at < 2 || (text[at] != '.' && text[at] != ',')) return;
  int64_t value = 0;
  size_t count = 0;
  for (++at; at < text.size() && digit(text[at]) && count <= kMaxFraction; ++at, ++count)
    value = value * 10 + text[at] - '0';
  if (count == 0 || count > kMaxFraction || value != fraction(nanosecond, count)) return;
  if (at < text.size() && alphanumeric(text[at]) && text[at] != 'Z') return;
  match.key[match.size++] = text[match.end];
  put(match, Slot::fraction, static_cast<int>(count));
  match.end = at;
}

// HH, MM and SS at their places, with `separator` between them unless it is 0.
void match_clock(std::string_view text, size_t begin, char separator, Nanoseconds time, TimeMatch& match) {
  const size_t step = separator ? 3 : 2;
  const char* at = text.data() + begin;
  const Clock clock = clock_of(time);
  const int second = two_digits(at + 2 * step);
  if (second != clock.of_day % 60) return;
  const int hour = two_digits(at), minute = two_digits(at + step), utc = clock.of_day / 60;
  if (hour > 23 || minute > 59) return;
  int zone = hour * 60 + minute - utc;
  if (zone % kQuarter != 0) return;
  zone /= kQuarter;
  if (zone > kMostEast) zone -= kMinutesOfDay / kQuarter;
  if (zone < -kMostWest) zone += kMinutesOfDay / kQuarter;
  if (zone > kMostEast || zone < -kMostWest) return;
  put(match, zone < 0 ? Slot::hour_west : Slot::hour_east, zone < 0 ? -zone : zone);
  if (separator) match.key[match.size++] = separator;
  put(match, Slot::minute, (zone % 4 + 4) % 4);
  if (separator) match.key[match.size++] = separator;
  put(match, Slot::second, 0);
  match.end = begin + 2 * step + 2;
  match_fraction(text, clock.nanosecond, match);
}

void match_epoch(std::string_view text, size_t begin, size_t end, Nanoseconds time, TimeMatch& match) {
  if (time < 0) return;
  int64_t value = 0;
  for (size_t i = begin; i < end; ++i) value = value * 10 + text[i] - '0';
  const Clock clock = clock_of(time);
  const size_t digits = end - begin - 10;
  int64_t expected = clock.second;
  for (size_t i = 0; i < digits; ++i) expected *= 10;
  if (value != expected + (digits > 0 ? fraction(clock.nanosecond, digits) : 0)) return;
  put(match, Slot::epoch, static_cast<int>(end - begin));
  match.end = end;
  if (digits == 0) match_fraction(text, clock.nanosecond, match);
}

void append_padded(std::string& out, uint64_t value, size_t width) {
  char digits[20];
  for (size_t i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, width);
}

}  // namespace

TimeMatch match_time(std::string_view text, size_t begin, size_t end, Nanoseconds time) {
  TimeMatch match;
  switch (end - begin) {
    case 2: {
      if (text.size() - begin < 8) return match;
      const char separator = text[end];
      if ((separator != ':' && separator != '.') || text[begin + 5] != separator) return match;
      for (size_t i : {3, 4, 6, 7})
        if (!digit(text[begin + i])) return match;
      const size_t after = begin + 8;
      if (after < text.size() && alphanumeric(text[after]) && text[after] != 'Z') return match;
      match_clock(text, begin, separator, time, match);
      return match;
    }
    case 6:
      match_clock(text, begin, 0, time, match);
      return match;
    case 10:
    case 13:
    case 16:
    case 19:
      if (text[begin] == '1') match_epoch(text, begin, end, time, match);
      return match;
    default:
      return match;
  }
}

void append_time_slot(std::string& out, SlotType slot, Nanoseconds time) {
  const Clock clock = clock_of(time);
  const int quarters = slot.width;
  switch (slot.kind) {
    case Slot::hour_east:
    case Slot::hour_west: {
      const int zone = (slot.kind == Slot::hour_west ? -quarters : quarters) * kQuarter;
      return append_padded(out, static_cast<uint64_t>((clock.of_day / 60 + zone + kMinutesOfDay) % kMinutesOfDay / 60),
                           2);
    }
    case Slot::minute:
      return append_padded(out, static_cast<uint64_t>((clock.of_day / 60 + quarters * kQuarter) % 60), 2);
    case Slot::second:
      return append_padded(out, static_cast<uint64_t>(clock.of_day % 60), 2);
    case Slot::fraction:
      return append_padded(out, static_cast<uint64_t>(fraction(clock.nanosecond, slot.width)), slot.width);
    default: {
      auto value = static_cast<uint64_t>(clock.second);
      for (int i = 10; i < slot.width; ++i) value *= 10;
      if (slot.width > 10) value += static_cast<uint64_t>(fraction(clock.nanosecond, slot.width - 10u));
      return append_padded(out, value, slot.width);
    }
  }
}

bool valid_time_slot(SlotType slot) {
  switch (slot.kind) {
    case Slot::hour_east:
      return slot.width <= kMostEast;
    case Slot::hour_west:
      return slot.width >= 1 && slot.width <= kMostWest;
    case Slot::minute:
      return slot.width < 4;
    case Slot::second:
      return slot.width == 0;
    case Slot::fraction:
      return slot.width >= 1 && slot.width <= kMaxFraction;
    case Slot::epoch:
      return slot.width == 10 || slot.width == 13 || slot.width == 16 || slot.width == 19;
    default:
      return false;
  }
}

}  // namespace alco::store
