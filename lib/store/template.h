#pragma once
// Splits text into a template (its words) and the values in it (numbers, ids,
// addresses), and puts it together again, byte for byte.
//
// A template is the text with each value replaced by a slot of three bytes:
// 0xFF, the kind, 0x80 | width. None of them begins a character of UTF-8, so a
// literal found in a template is found between two slots.
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/bytes.h"
#include "lib/timestamp.h"

namespace alco::store {

enum class Slot : uint8_t {
  // Parts of the event's time (time_slot.h); no value.
  hour_east = 0x91,  // two digits, `width` quarters of an hour ahead of UTC
  hour_west,         // the same behind it
  minute,            // two digits, `width` quarters ahead
  second,            // two digits
  fraction,          // `width` digits of the second
  epoch,             // `width` digits: s, ms, us or ns since 1970

  number = 0xf5,  // decimal, 1 to 5 digits, no leading zero
  longer,         // decimal, 6 to 19 digits, no leading zero
  padded,         // decimal with leading zeros, `width` digits (at most 18)
  hex_lower,      // [0-9a-f] with digit and letter (or after 0x), `width` digits (at most 63): a value per 16 digits
  hex_upper,      // the same with [0-9A-F]
  uuid,           // 8-4-4-4-12 lower-case hex: two values
  ip,             // IPv4: one value
  opaque,         // a run of letters and digits that looks like neither: a string
  whole,          // the whole text as a string; the only slot of its template
};

// Values of a kind are stored together.
enum class Stream : uint8_t { number, longer, hex, ip, text };
inline constexpr size_t kIntStreams = 4;
inline constexpr size_t kStreams = 5;

inline constexpr char kSlotMark = static_cast<char>(0xff);
inline constexpr size_t kSlotBytes = 3;

struct SlotType {
  Slot kind;
  uint8_t width;

  bool is_time() const { return kind <= Slot::epoch; }

  Stream stream() const {  // not of a time
    switch (kind) {
      case Slot::number:
      case Slot::padded:
        return Stream::number;
      case Slot::longer:
        return Stream::longer;
      case Slot::ip:
        return Stream::ip;
      case Slot::opaque:
      case Slot::whole:
        return Stream::text;
      default:
        return Stream::hex;
    }
  }
  // Numbers that a value of this slot takes; 0 for a string and a time.
  size_t values() const {
    if (is_time()) return 0;
    if (kind == Slot::uuid) return 2;
    if (kind == Slot::hex_lower || kind == Slot::hex_upper) return (width + 15u) / 16;
    return stream() == Stream::text ? 0 : 1;
  }
};

// What tokenize() makes of one text. Reused from call to call.
struct Tokens {
  std::string key;                        // the template
  std::vector<uint64_t> values;           // in the order of the slots
  std::vector<std::string_view> strings;  // of opaque and whole slots; views into the text
  std::vector<bool> unknown;              // of the values, when slots stood in the text: it was one of theirs, and is 0

  void clear() {
    key.clear();
    values.clear();
    strings.clear();
    unknown.clear();
  }
};

// Slots that stand in `text` already (when a template is split again) are copied; their values are unknown.
// `text` must be UTF-8 apart from them. A text over kMaxTemplate bytes becomes one whole slot. With `time`, what is a
// writing of it becomes time slots.
void tokenize(std::string_view text, Tokens& tokens, const Nanoseconds* time = nullptr);
inline constexpr size_t kMaxTemplate = 8192;

extern const std::string_view kWholeTemplate;  // the template of a text that is kept whole

// Appends a slot's text, made from `slot.values()` numbers; nothing for strings and times.
void append_slot(std::string& out, SlotType slot, const uint64_t* values);

// Appends the slots of a template, in order. Throws Corrupt.
void parse_slots(std::string_view key, std::vector<SlotType>& out);

// Calls on_static(text) and on_slot(slot) from left to right. The key must have been checked by parse_slots().
template <class OnStatic, class OnSlot>
void walk_template(std::string_view key, OnStatic on_static, OnSlot on_slot) {
  while (!key.empty()) {
    const void* mark = memchr(key.data(), kSlotMark, key.size());
    const size_t length = mark ? static_cast<size_t>(static_cast<const char*>(mark) - key.data()) : key.size();
    if (length > 0) on_static(key.substr(0, length));
    if (!mark) return;
    on_slot(SlotType{static_cast<Slot>(key[length + 1]), static_cast<uint8_t>(key[length + 2] & 0x7f)});
    key.remove_prefix(length + kSlotBytes);
  }
}

}  // namespace alco::store
