#pragma once
// Reading a line from left to right, a few bytes at a time. Each function either takes what it is asked for and
// returns true, or returns false and takes nothing (unless it says otherwise).
#include <cstdint>
#include <string_view>

#include "lib/collect/line_clock.h"

namespace alco {

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
inline bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
inline bool is_letter(char c) { return is_upper(static_cast<char>(c & ~0x20)); }
inline bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

struct Cursor {
  const char* at;
  const char* end;

  explicit Cursor(std::string_view text) : at(text.data()), end(text.data() + text.size()) {}

  size_t left() const { return static_cast<size_t>(end - at); }
  char peek(size_t ahead = 0) const { return ahead < left() ? at[ahead] : '\0'; }
  std::string_view rest() const { return {at, left()}; }
  bool skip(char c) { return peek() == c && left() > 0 ? (++at, true) : false; }
  bool skip(std::string_view text) { return rest().starts_with(text) ? (at += text.size(), true) : false; }
  void skip_spaces() {
    while (at < end && (*at == ' ' || *at == '\t')) ++at;
  }

  // Exactly `count` digits with no digit behind them.
  bool digits(size_t count, int& value) {
    if (left() < count || is_digit(peek(count))) return false;
    int sum = 0;
    for (size_t i = 0; i < count; ++i) {
      if (!is_digit(at[i])) return false;
      sum = sum * 10 + (at[i] - '0');
    }
    at += count;
    value = sum;
    return true;
  }
  bool one_or_two_digits(int& value) { return digits(2, value) || digits(1, value); }

  // What comes before the next space or tab, at most to the end of the line.
  std::string_view token() {
    const char* from = at;
    while (at < end && *at != ' ' && *at != '\t') ++at;
    return {from, static_cast<size_t>(at - from)};
  }

  bool month_name(int& month);        // "Jan", any case
  bool weekday_name();                // "Mon"
  bool time_of_day(CivilTime& time);  // 8:00, 08:00:00, 08:00:00.123456, 08:00:00,123
  bool am_pm(CivilTime& time);        // " AM", "PM"; changes the hour
  // Z, +01:00, +0100, +01; with one space before it +0100, +01:00 and the names that `clock` knows.
  bool zone(LineClock& clock, CivilTime& time);
};

}  // namespace alco
