#include "lib/store/template.h"

#include <algorithm>
#include <bit>

#include "lib/store/time_slot.h"

namespace alco::store {
namespace {

enum Flag : uint8_t { kDigit = 1, kLowerHex = 2, kUpperHex = 4, kLetter = 8 };  // kLetter: not a hexadecimal one

constexpr std::array<uint8_t, 256> make_flags() {
  std::array<uint8_t, 256> flags{};
  for (int c = '0'; c <= '9'; ++c) flags[static_cast<size_t>(c)] = kDigit;
  for (int c = 'a'; c <= 'z'; ++c) flags[static_cast<size_t>(c)] = c <= 'f' ? kLowerHex : kLetter;
  for (int c = 'A'; c <= 'Z'; ++c) flags[static_cast<size_t>(c)] = c <= 'F' ? kUpperHex : kLetter;
  return flags;
}
constexpr std::array<uint8_t, 256> kFlags = make_flags();

uint8_t flags_of(char c) { return kFlags[static_cast<unsigned char>(c)]; }
bool digit(char c) { return c >= '0' && c <= '9'; }

uint64_t hex_value(std::string_view text) {
  uint64_t value = 0;
  for (char c : text) value = value << 4 | static_cast<unsigned>(digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  return value;
}

uint64_t decimal_value(std::string_view text) {
  uint64_t value = 0;
  for (char c : text) value = value * 10 + static_cast<unsigned>(c - '0');
  return value;
}

void put_slot(std::string& key, Slot kind, size_t width) {
  const char slot[kSlotBytes] = {kSlotMark, static_cast<char>(kind), static_cast<char>(0x80 | width)};
  key.append(slot, kSlotBytes);
}

// Splits one text; the members walk along it.
class Splitter {
 public:
  Splitter(std::string_view text, Tokens& out, const Nanoseconds* time) : text_(text), out_(out), time_(time) {}

  void run() {
    size_t at = 0;
    for (size_t from = 0; (at = next_digit_or_mark(from = at)) < text_.size();) {
      if (text_[at] == kSlotMark && text_.size() - at < kSlotBytes) break;
      if (text_[at] == kSlotMark) {  // a slot that is there already
        const SlotType slot{static_cast<Slot>(text_[at + 1]), static_cast<uint8_t>(text_[at + 2] & 0x7f)};
        out_.unknown.resize(out_.values.size(), false);
        out_.values.resize(out_.values.size() + slot.values());
        out_.unknown.resize(out_.values.size(), true);
        at += kSlotBytes;
        if (slot.kind == Slot::second) at = free_fraction(at);
        continue;
      }
      uint8_t flags = kDigit;
      size_t begin = at, end = at + 1;
      for (uint8_t before; begin > from && (before = flags_of(text_[begin - 1])); --begin) flags |= before;
      for (uint8_t next; end < text_.size() && (next = flags_of(text_[end])); ++end) flags |= next;
      at = split_run(begin, end, flags);
    }
    copy_to(text_.size());
    if (!out_.unknown.empty()) out_.unknown.resize(out_.values.size(), false);
  }

 private:
  // Runs of letters without a digit are words; they are skipped eight bytes at a time.
  size_t next_digit_or_mark(size_t at) const {
    constexpr uint64_t kOnes = 0x0101010101010101u, kHigh = kOnes * 0x80;
    for (; at + 8 <= text_.size(); at += 8) {
      uint64_t word;
      memcpy(&word, text_.data() + at, 8);
      const uint64_t low = word ^ kOnes * '0', inverse = ~word;
      // The lowest bit that is set is right; those above may come from a borrow.
      const uint64_t found = (((low - kOnes * 10) & ~low) | ((inverse - kOnes) & ~inverse)) & kHigh;
      if (found) return at + static_cast<size_t>(std::countr_zero(found)) / 8;
    }
    while (at < text_.size() && !digit(text_[at]) && text_[at] != kSlotMark) ++at;
    return at;
  }

  // Text up to `at` that was not copied yet is part of the template.
  void copy_to(size_t at) {
    out_.key.append(text_, copied_, at - copied_);
    copied_ = at;
  }

  void value(size_t begin, size_t end, Slot kind, size_t width, uint64_t number) {
    copy_to(begin);
    put_slot(out_.key, kind, width);
    out_.values.push_back(number);
    copied_ = end;
  }

  // [begin, end) is a whole run of letters and digits with a digit in it. Returns where to go on.
  size_t split_run(size_t begin, size_t end, uint8_t flags) {
    if (end - begin == 8 && !(flags & (kUpperHex | kLetter)) && uuid_at(begin)) return begin + 36;
    if (time_) {
      if (const size_t time_end = time_at(begin, end, flags)) return time_end;
    }
    if (flags == kDigit) {
      if (const size_t ip_end = ip_at(begin, end)) return ip_end;
      decimal(begin, end);
      return end;
    }
    if (text_.substr(begin, end - begin) == "0x" && end < text_.size() && text_[end] == kSlotMark)
      return end;  // of a template: what stood behind it was taken for hexadecimal
    if (text_[begin] == '0' && end - begin > 2 && text_[begin + 1] == 'x') {
      uint8_t rest = 0;
      for (size_t i = begin + 2; i < end; ++i) rest |= flags_of(text_[i]);
      if (!(rest & kLetter)) {
        hex(begin + 2, end, rest);
        return end;
      }
    }
    if (!(flags & kLetter) && (flags & (kLowerHex | kUpperHex)) != (kLowerHex | kUpperHex)) {
      hex(begin, end, flags);
      return end;
    }
    mixed(begin, end);
    return end;
  }

  // The end of a writing of the event's time that begins at `begin`; 0 if there is none.
  size_t time_at(size_t begin, size_t end, uint8_t flags) {
    const bool after_t = end - begin == 5 && text_[begin + 2] == 'T' && digit(text_[begin]) && digit(text_[begin + 1]);
    if (flags != kDigit && !after_t) return 0;
    const TimeMatch match = match_time(text_, after_t ? begin + 3 : begin, end, *time_);
    if (match.end == 0) return 0;
    if (after_t) decimal(begin, begin + 2);
    copy_to(after_t ? begin + 3 : begin);
    out_.key.append(match.key, match.size);
    copied_ = match.end;
    return static_cast<Slot>(match.key[match.size - 2]) == Slot::second ? free_fraction(match.end) : match.end;
  }

  // A fraction behind the second that is not the one of the event's time: any digits, of one template. Returns where
  // to go on.
  size_t free_fraction(size_t at) {
    if (text_.size() - at < 2 || (text_[at] != '.' && text_[at] != ',')) return at;
    size_t end = at + 1;
    while (end < text_.size() && digit(text_[end])) ++end;
    const size_t width = end - at - 1;
    if (width == 0 || width > 9 || (end < text_.size() && flags_of(text_[end]))) return at;
    value(at + 1, end, Slot::padded, width, decimal_value(text_.substr(at + 1, width)));
    return end;
  }

  void decimal(size_t begin, size_t end) {
    const size_t width = end - begin;
    const std::string_view digits = text_.substr(begin, width);
    const bool leading_zero = width > 1 && digits[0] == '0';
    if (width > 19 || (leading_zero && width > 18))
      opaque(begin, end);
    else if (leading_zero)
      value(begin, end, Slot::padded, width, decimal_value(digits));
    else
      value(begin, end, width > 5 ? Slot::longer : Slot::number, 0, decimal_value(digits));
  }

  void hex(size_t begin, size_t end, uint8_t flags) {
    const size_t width = end - begin;
    const bool upper = flags & kUpperHex;
    if (width > 63 || (upper && (flags & kLowerHex))) return opaque(begin, end);
    copy_to(begin);
    put_slot(out_.key, upper ? Slot::hex_upper : Slot::hex_lower, width);
    for (size_t i = begin; i < end; i += 16)
      out_.values.push_back(hex_value(text_.substr(i, std::min<size_t>(16, end - i))));
    copied_ = end;
  }

  // Letters and digits like web09 or x86: the digits are values. Like Zx9Bq3: opaque.
  void mixed(size_t begin, size_t end) {
    int changes = 0;
    for (size_t i = begin + 1; i < end; ++i) changes += digit(text_[i]) != digit(text_[i - 1]);
    if (changes > 2) return opaque(begin, end);
    for (size_t i = begin; i < end;) {
      if (!digit(text_[i])) {
        ++i;
        continue;
      }
      size_t stop = i + 1;
      while (stop < end && digit(text_[stop])) ++stop;
      decimal(i, stop);
      i = stop;
    }
  }

  void opaque(size_t begin, size_t end) {
    copy_to(begin);
    put_slot(out_.key, Slot::opaque, 0);
    out_.strings.push_back(text_.substr(begin, end - begin));
    copied_ = end;
  }

  bool uuid_at(size_t begin) {
    if (text_.size() - begin < 36) return false;
    char hex[32];
    size_t count = 0;
    for (size_t i = 0; i < 36; ++i) {
      const char c = text_[begin + i];
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        if (c != '-') return false;
        continue;
      }
      if (!(flags_of(c) & (kDigit | kLowerHex))) return false;
      hex[count++] = c;
    }
    if (begin + 36 < text_.size() && flags_of(text_[begin + 36])) return false;
    copy_to(begin);
    put_slot(out_.key, Slot::uuid, 0);
    out_.values.push_back(hex_value({hex, 16}));
    out_.values.push_back(hex_value({hex + 16, 16}));
    copied_ = begin + 36;
    return true;
  }

  // The end of an IPv4 address that begins at `begin`, whose first digits end at `end`; 0 if there is none.
  size_t ip_at(size_t begin, size_t end) {
    if (end - begin > 3 || end == text_.size() || text_[end] != '.') return 0;
    if (begin > 0 && text_[begin - 1] == '.') return 0;
    uint64_t address = 0;
    size_t at = begin;
    for (int part = 0; part < 4; ++part) {
      if (part > 0 && (at >= text_.size() || text_[at++] != '.')) return 0;
      const size_t start = at;
      while (at < text_.size() && digit(text_[at]) && at - start < 4) ++at;
      if (at == start || at - start > 3 || (at - start > 1 && text_[start] == '0')) return 0;
      const uint64_t number = decimal_value(text_.substr(start, at - start));
      if (number > 255) return 0;
      address = address << 8 | number;
    }
    if (at < text_.size() && flags_of(text_[at])) return 0;
    if (at + 1 < text_.size() && text_[at] == '.' && digit(text_[at + 1])) return 0;
    value(begin, at, Slot::ip, 0, address);
    return at;
  }

  std::string_view text_;
  Tokens& out_;
  const Nanoseconds* time_;
  size_t copied_ = 0;
};

void append_digits(std::string& out, uint64_t value, size_t width) {
  char digits[24];
  size_t at = sizeof digits;
  do {
    digits[--at] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value > 0);
  while (sizeof digits - at < width) digits[--at] = '0';
  out.append(digits + at, sizeof digits - at);
}

void append_hex(std::string& out, uint64_t value, size_t width, bool upper) {
  const char* set = upper ? "0123456789ABCDEF" : "0123456789abcdef";
  const size_t start = out.size();
  out.resize(start + width);
  for (size_t i = width; i-- > 0; value >>= 4) out[start + i] = set[value & 15];
}

constexpr char kWholeBytes[kSlotBytes] = {kSlotMark, static_cast<char>(Slot::whole), static_cast<char>(0x80)};

}  // namespace

const std::string_view kWholeTemplate(kWholeBytes, kSlotBytes);

void tokenize(std::string_view text, Tokens& tokens, const Nanoseconds* time) {
  tokens.clear();
  if (text.size() <= kMaxTemplate) {
    Splitter(text, tokens, time).run();
    return;
  }
  tokens.key = kWholeTemplate;
  tokens.strings.push_back(text);
}

void append_slot(std::string& out, SlotType slot, const uint64_t* values) {
  switch (slot.kind) {
    case Slot::number:
    case Slot::longer:
      return append_digits(out, *values, 1);
    case Slot::padded:
      return append_digits(out, *values, slot.width);
    case Slot::hex_lower:
    case Slot::hex_upper:
      for (size_t left = slot.width; left > 0; ++values) {
        const size_t part = std::min<size_t>(left, 16);
        append_hex(out, *values, part, slot.kind == Slot::hex_upper);
        left -= part;
      }
      return;
    case Slot::uuid: {
      const size_t start = out.size();
      append_hex(out, values[0], 16, false);
      append_hex(out, values[1], 16, false);
      for (size_t dash : {8, 13, 18, 23}) out.insert(start + dash, 1, '-');
      return;
    }
    case Slot::ip:
      for (int shift = 24; shift >= 0; shift -= 8) {
        append_digits(out, *values >> shift & 255, 1);
        if (shift > 0) out += '.';
      }
      return;
    default:
      return;  // no numbers
  }
}

void parse_slots(std::string_view key, std::vector<SlotType>& out) {
  for (size_t at = 0; at < key.size(); ++at) {
    const void* mark = memchr(key.data() + at, kSlotMark, key.size() - at);
    if (!mark) return;
    at = static_cast<size_t>(static_cast<const char*>(mark) - key.data());
    if (key.size() - at < kSlotBytes) throw Corrupt{"template ends in a slot"};
    const auto kind = static_cast<uint8_t>(key[at + 1]);
    const auto width = static_cast<uint8_t>(key[at + 2]);
    const SlotType slot{static_cast<Slot>(kind), static_cast<uint8_t>(width & 0x7f)};
    const bool known = slot.kind >= Slot::number && slot.kind <= Slot::whole;
    if (width < 0x80 || width > 0xbf || !(known || valid_time_slot(slot))) throw Corrupt{"unknown slot in a template"};
    if (slot.kind == Slot::padded && slot.width > 18) throw Corrupt{"slot too wide"};
    out.push_back(slot);
    at += kSlotBytes - 1;
  }
}

}  // namespace alco::store
