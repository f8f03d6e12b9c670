#include "lib/json_value.h"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <string>

#include "lib/utf8.h"

namespace alco::json {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// A decimal number as its significant digits, without zeros around them, and the power of ten of the first one.
struct Decimal {
  std::string digits;
  int64_t exponent = 0;
  bool operator==(const Decimal&) const = default;
};

Decimal decimal(std::string_view text) {
  Decimal result;
  int64_t point = 0;  // power of ten of the digit read last, before the exponent is known
  bool fraction = false;
  size_t at = text[0] == '-';
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      fraction = true;
      continue;
    }
    if (fraction) --point;
    if (!result.digits.empty() || text[at] != '0') {
      if (result.digits.empty())
        result.exponent = point;
      else if (!fraction)
        ++result.exponent;
      result.digits += text[at];
    }
  }
  while (!result.digits.empty() && result.digits.back() == '0') result.digits.pop_back();
  if (result.digits.empty()) return {};
  if (at < text.size()) {
    const char* first = text.data() + at + 1;
    if (*first == '+') ++first;
    int64_t power = 0;
    if (std::from_chars(first, text.data() + text.size(), power).ec != std::errc()) power = INT64_MAX / 2;
    result.exponent += power;
  }
  return result;
}

// Whether the shortest text of `value` names the same number as `text`.
bool same_number(std::string_view text, double value) {
  char shortest[32];
  const auto end = std::to_chars(shortest, shortest + sizeof shortest, value).ptr;
  return decimal(text) == decimal({shortest, end});
}

bool read_real(std::string_view text, size_t digits, Member& member) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool in_range = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  // 15 digits always come back, unless the double is a subnormal one.
  const bool surely_same = digits <= 15 && (std::fabs(value) > 1e-300 || value == 0) && text.size() <= 18;
  if (in_range && (surely_same || same_number(text, value))) {
    member.type = Type::real;
    member.real = value;
  } else {
    member.type = Type::raw;
    member.text = text;
  }
  return true;
}

int hex4(const char* at) {
  int value = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = at[i];
    const int nibble = digit(c)               ? c - '0'
                       : c >= 'a' && c <= 'f' ? c - 'a' + 10
                       : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                              : -1;
    if (nibble < 0) return -1;
    value = value << 4 | nibble;
  }
  return value;
}

// Reads what follows "\u" at `at`, a second escape of a surrogate pair included; false if that is not four hex digits.
bool read_unicode_escape(const char*& at, const char* end, char*& out) {
  if (end - at < 4) return false;
  const int first = hex4(at);
  if (first < 0) return false;
  at += 4;
  auto code = static_cast<unsigned>(first);
  if (code >= 0xd800 && code < 0xe000) {
    const int second = code < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u' ? hex4(at + 2) : -1;
    if (second >= 0xdc00 && second < 0xe000) {
      at += 6;
      code = 0x10000 + ((code - 0xd800) << 10) + (static_cast<unsigned>(second) - 0xdc00);
    } else {
      code = 0xfffd;
    }
  }
  out += utf8::encode(out, code);
  return true;
}

}  // namespace

bool read_number(std::string_view text, Member& member) {
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  const char* at = begin;
  const bool negative = at != end && *at == '-';
  if (negative) ++at;
  const char* const whole = at;
  uint64_t value = 0;
  while (at != end && digit(*at)) value = value * 10 + static_cast<uint64_t>(*at++ - '0');
  const auto whole_digits = static_cast<size_t>(at - whole);
  if (whole_digits == 0 || (whole_digits > 1 && *whole == '0')) return false;
  if (at == end) {
    if (negative && value == 0 && whole_digits == 1) {
      member.type = Type::real;
      member.real = -0.0;
      return true;
    }
    bool fits = whole_digits < 20;
    if (whole_digits == 20) fits = std::from_chars(whole, end, value).ec == std::errc();
    const uint64_t limit = uint64_t{1} << 63;
    if (fits && (negative ? value <= limit : value < limit)) {
      member.type = Type::integer;
      member.integer = static_cast<int64_t>(negative ? 0 - value : value);
    } else if (fits && !negative) {
      member.type = Type::big_unsigned;
      member.big_unsigned = value;
    } else {
      member.type = Type::raw;
      member.text = text;
    }
    return true;
  }
  size_t digits = whole_digits;
  if (*at == '.') {
    const char* const fraction = ++at;
    while (at != end && digit(*at)) ++at;
    if (at == fraction) return false;
    digits += static_cast<size_t>(at - fraction);
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    const char* const exponent = at;
    while (at != end && digit(*at)) ++at;
    if (at == exponent) return false;
  }
  return at == end && read_real(text, digits, member);
}

char* unescape(std::string_view text, char* out) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    const auto* slash = static_cast<const char*>(memchr(at, '\\', static_cast<size_t>(end - at)));
    const char* const plain_end = slash ? slash : end;
    memcpy(out, at, static_cast<size_t>(plain_end - at));
    out += plain_end - at;
    if (!slash) return out;
    at = slash + 1;
    if (at == end) return nullptr;
    switch (*at++) {
      case '"':
        *out++ = '"';
        break;
      case '\\':
        *out++ = '\\';
        break;
      case '/':
        *out++ = '/';
        break;
      case 'b':
        *out++ = '\b';
        break;
      case 'f':
        *out++ = '\f';
        break;
      case 'n':
        *out++ = '\n';
        break;
      case 'r':
        *out++ = '\r';
        break;
      case 't':
        *out++ = '\t';
        break;
      case 'u':
        if (!read_unicode_escape(at, end, out)) return nullptr;
        break;
      default:
        return nullptr;
    }
  }
  return out;
}

}  // namespace alco::json
