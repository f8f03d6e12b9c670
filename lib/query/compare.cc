#include "lib/query/compare.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "lib/query/field_text.h"

namespace alco::query {
namespace {

// -1, 0 or 1 as the value is less than, equal to or greater than the number.
constexpr int64_t kHuge = int64_t{1} << 60;

template <class Integer>
int order(Integer value, double number) {
  // The first double above the type and its lowest value: powers of two, so exact.
  constexpr Integer half = std::numeric_limits<Integer>::max() / 2 + 1;
  constexpr double above = 2.0 * static_cast<double>(half);
  constexpr double lowest = static_cast<double>(std::numeric_limits<Integer>::min());
  if (number >= above) return -1;
  if (number < lowest) return 1;
  const double whole = std::floor(number);
  const auto integer = static_cast<Integer>(whole);
  if (value != integer) return value < integer ? -1 : 1;
  return number > whole ? -1 : 0;
}

int order(double value, double number) { return value < number ? -1 : value > number ? 1 : 0; }

bool holds(int order_of, Node::Op op) {
  switch (op) {
    case Node::Op::less:
      return order_of < 0;
    case Node::Op::less_equal:
      return order_of <= 0;
    case Node::Op::greater:
      return order_of > 0;
    case Node::Op::greater_equal:
      return order_of >= 0;
  }
  return false;
}

bool digit(char c) { return c >= '0' && c <= '9'; }

size_t digits(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && digit(text[end])) ++end;
  return end - at;
}

// Whether a number that is out of a double's range is too near to zero for it, and not too far.
bool tiny(std::string_view number) {
  const size_t exponent_at = std::min(number.find_first_of("eE"), number.size());
  const std::string_view mantissa = number.substr(0, exponent_at);
  const auto point = static_cast<int64_t>(std::min(mantissa.find('.'), mantissa.size()));
  const auto first = static_cast<int64_t>(mantissa.find_first_of("123456789"));
  int64_t exponent = 0;
  if (exponent_at < number.size()) {
    std::string_view power = number.substr(exponent_at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    if (std::from_chars(power.data(), power.data() + power.size(), exponent).ec != std::errc())
      exponent = power.starts_with('-') ? -kHuge : kHuge;
  }
  return exponent + point - first < 0;
}

}  // namespace

bool compare(int64_t value, Node::Op op, double number) { return holds(order(value, number), op); }
bool compare(uint64_t value, Node::Op op, double number) { return holds(order(value, number), op); }
bool compare(double value, Node::Op op, double number) { return holds(order(value, number), op); }

bool compare(std::string_view text, Node::Op op, double number) {
  if (text.starts_with('+')) {
    text.remove_prefix(1);
    if (text.starts_with('-')) return false;
  }
  const bool negative = text.starts_with('-');
  size_t at = negative;
  const size_t whole = digits(text, at);
  if (whole == 0) return false;
  at += whole;
  bool integer = true;
  if (at < text.size() && text[at] == '.') {
    const size_t fraction = digits(text, at + 1);
    if (fraction == 0) return false;
    at += 1 + fraction;
    integer = false;
  }
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    ++at;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
    const size_t exponent = digits(text, at);
    if (exponent == 0) return false;
    at += exponent;
    integer = false;
  }
  if (at != text.size()) return false;
  const char* const end = text.data() + text.size();
  if (integer) {
    int64_t value = 0;
    if (std::from_chars(text.data(), end, value).ec == std::errc()) return compare(value, op, number);
    uint64_t big = 0;
    if (!negative && std::from_chars(text.data(), end, big).ec == std::errc()) return compare(big, op, number);
  }
  double value = 0;
  if (std::from_chars(text.data(), end, value).ec == std::errc::result_out_of_range) {
    value = tiny(text) ? 0 : std::numeric_limits<double>::infinity();
    if (negative) value = -value;
  }
  return compare(value, op, number);
}

bool compare(const Member& member, Node::Op op, double number) {
  switch (member.type) {
    case Type::integer:
      return compare(member.integer, op, number);
    case Type::big_unsigned:
      return compare(member.big_unsigned, op, number);
    case Type::real:
      return compare(member.real, op, number);
    case Type::string:
      return compare(member.text, op, number);
    case Type::raw:
      break;
    default:
      return false;
  }
  if (!member.text.starts_with('[')) return compare(member.text, op, number);
  std::string scratch;
  return any_element(member.text, scratch, [&](Type type, std::string_view text) {
    return type != Type::null && type != Type::boolean && compare(text, op, number);
  });
}

}  // namespace alco::query
