#include "lib/store/value_search.h"

#include <algorithm>
#include <charconv>

namespace alco::store {
namespace {

constexpr size_t kSmallNumbers = 100'000;
constexpr unsigned kHexDigits = 16;  // in 64 bits

bool digit(char c) { return c >= '0' && c <= '9'; }
bool hex_letter(char c, char first) { return c >= first && c < first + 6; }

}  // namespace

ValueSearch::ValueSearch(const query::Matcher& matcher) : matcher_(matcher), literal_(matcher.pattern().text) {
  const bool ignore_case = matcher.pattern().ignore_case;
  for (char c : literal_) {
    digits_ = digits_ && digit(c);
    lower_hex_ = lower_hex_ && (digit(c) || hex_letter(c, 'a') || (ignore_case && hex_letter(c, 'A')));
    upper_hex_ = upper_hex_ && (digit(c) || hex_letter(c, 'A') || (ignore_case && hex_letter(c, 'a')));
    hex_value_ = hex_value_ << 4 | static_cast<unsigned>(digit(c) ? c - '0' : ((c | 0x20) - 'a' + 10) & 15);
  }
  if (!digits_) return;
  small_.resize(kSmallNumbers);
  for (size_t number = 0; number < kSmallNumbers; ++number) {
    char text[8];
    const char* end = std::to_chars(text, text + sizeof text, number).ptr;
    small_[number] = std::string_view(text, static_cast<size_t>(end - text)).find(literal_) != std::string_view::npos;
  }
}

bool ValueSearch::possible(SlotType slot) const {
  switch (slot.kind) {
    case Slot::number:
    case Slot::longer:
    case Slot::padded:
      return digits_;
    case Slot::hex_lower:
      return lower_hex_ && literal_.size() <= slot.width;
    case Slot::hex_upper:
      return upper_hex_ && literal_.size() <= slot.width;
    default:
      return !slot.is_time();
  }
}

bool ValueSearch::in_hex(uint64_t value, unsigned width) const {
  const auto size = static_cast<unsigned>(literal_.size());
  if (size > width) return false;
  const uint64_t mask = size == kHexDigits ? ~uint64_t{0} : (uint64_t{1} << size * 4) - 1;
  for (unsigned at = 0; at + size <= width; ++at)
    if ((value >> at * 4 & mask) == hex_value_) return true;
  return false;
}

bool ValueSearch::holds(SlotType slot, const uint64_t* values) {
  switch (slot.kind) {
    case Slot::number:
      if (*values < kSmallNumbers) return small_[*values];
      break;
    case Slot::longer: {
      char text[24];
      const char* end = std::to_chars(text, text + sizeof text, *values).ptr;
      return std::string_view(text, static_cast<size_t>(end - text)).find(literal_) != std::string_view::npos;
    }
    case Slot::hex_lower:
    case Slot::hex_upper:
      if (slot.width <= kHexDigits) return in_hex(*values, slot.width);
      break;
    default:
      break;
  }
  text_.clear();
  append_slot(text_, slot, values);
  return matcher_.found_in(text_);
}

}  // namespace alco::store
