#include "lib/sphinx/row_json.h"

#include <xxhash.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "lib/sphinx/escape.h"

namespace alco::sphinx {
namespace {

constexpr size_t kMaxJson = size_t{1} << 20;  // in searchd's own form it may take four times as much
constexpr double kMaxFraction = 1e9;
constexpr double kMaxReal = 1e15;  // %f of more has digits that the number has not

// True if a byte below 0x20 may be in it, or one above 0x7f, eight at a time.
struct Bytes {
  bool control = false, high = false;
};
Bytes look_at(std::string_view text) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = kOnes * 0x80;
  uint64_t control = 0, high = 0;
  size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    uint64_t word;
    memcpy(&word, text.data() + i, 8);
    control |= (word - kOnes * 0x20) & ~word;
    high |= word;
  }
  Bytes bytes{(control & kHigh) != 0, (high & kHigh) != 0};
  for (; i < text.size(); ++i) {
    bytes.control |= static_cast<unsigned char>(text[i]) < 0x20;
    bytes.high |= text[i] < 0;
  }
  return bytes;
}

// searchd gives these back as JSON; other control characters it does not escape.
bool plain_string(std::string_view text, Bytes bytes) {
  return !bytes.control || std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\b' && c != '\f';
  });
}

bool odd_letter(std::string_view text) {
  constexpr const char* kFirstBytes = "\xc5\xe1\xe2";
  for (size_t at = text.find_first_of(kFirstBytes); at != text.npos; at = text.find_first_of(kFirstBytes, at + 1)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("\xc5\xbf") || rest.starts_with("\xe2\x84\xaa")) return true;
    if (rest.starts_with("\xe1\xb2") && rest.size() > 2 && rest[2] <= '\x88') return true;
  }
  return false;
}

// Of an array only what searchd writes the same way again: strings without \u and \/, integers, true, false, null.
bool plain_array(std::string_view text) {
  if (text.empty() || text[0] != '[') return false;
  bool quoted = false;
  size_t digits = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"') quoted = false;
      if (c != '\\') continue;
      ++i;
      if (text[i] == 'u' || text[i] == '/') return false;
      continue;
    }
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (c == '"')
      quoted = true;
    else if (digits > 18 || c == '.' || c == 'E' || (c == 'e' && text[i - 1] <= '9'))
      return false;
    else if (c == '-' && text[i + 1] == '0')
      return false;
  }
  return true;
}

// A real that searchd's %f gives back digit for digit: six decimals at the most, and no more than 15 digits, behind
// which those of its binary form would show; or a whole number.
bool plain_real(double value) {
  const double size = std::fabs(value);
  if (!(size < kMaxReal)) return false;
  if (size == std::floor(size)) return true;
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  const std::string_view shortest(text, static_cast<size_t>(end - text));
  const size_t dot = shortest.find('.');
  return size < kMaxFraction && shortest.find('e') == shortest.npos && shortest.size() - dot - 1 <= 6;
}

void append_value(RowJson& json, const Member& member) {
  bool text_is_safe = true;
  Bytes bytes;
  switch (member.type) {
    case Type::null:
      json.simple = false;
      break;
    case Type::big_unsigned:
      json.exact = false;
      break;
    case Type::real:
      if (!plain_real(member.real)) json.exact = false;
      text_is_safe = std::fabs(member.real) < kMaxReal;
      break;
    case Type::string:
      bytes = look_at(member.text);
      if (!plain_string(member.text, bytes)) json.exact = false;
      if (bytes.high && odd_letter(member.text)) json.simple = false;
      break;
    case Type::raw:
      text_is_safe = plain_array(member.text);
      if (!text_is_safe) json.exact = false;
      if (holds_odd_letter(member.text)) json.simple = false;
      break;
    default:
      break;
  }
  if (text_is_safe)
    append_json_value(json.text, member);
  else
    json.text += "null";  // digits by the hundred would wreck searchd's answer
}

// What there is to know of a member's name.
struct Name {
  std::string text;
  std::string quoted;  // "text":
  uint64_t hash = 0;
  bool plain = false;  // a plain_name()
  bool exact = false;  // searchd gives it back
};

// The same names come again and again.
class Names {
 public:
  // Valid until the next call.
  const Name& find(std::string_view text) {
    Name& name = slots_[text.size() < kLong ? slot_of(text) : kSlots];
    if (name.text != text || name.quoted.empty()) learn(name, text);
    return name;
  }

 private:
  static constexpr size_t kSlots = 256, kLong = 64;

  static size_t slot_of(std::string_view text) {
    if (text.empty()) return 0;
    const auto byte = [&](size_t at) { return static_cast<size_t>(static_cast<unsigned char>(text[at])); };
    return (text.size() * 7 + byte(0) * 31 + byte(text.size() / 2) * 5 + byte(text.size() - 1)) % kSlots;
  }

  static void learn(Name& name, std::string_view text) {
    name.text = text;
    name.quoted.clear();
    append_json_string(name.quoted, text);
    name.quoted += ':';
    name.hash = XXH3_64bits(text.data(), text.size());
    name.plain = plain_name(text);
    name.exact = name.plain || plain_string(text, look_at(text));
  }

  std::array<Name, kSlots + 1> slots_;  // the last one for long names
};

// Names of the objects that are open, to see one that comes twice.
class OpenObjects {
 public:
  void reset() {
    names_.clear();
    open_.assign(1, {0, 0});
  }
  void open() { open_.push_back({names_.size(), 0}); }
  void close() {
    names_.resize(open_.back().begin);
    open_.pop_back();
  }
  bool add(std::string_view name, uint64_t hash) {  // false: it is there already, or there are too many to look
    Object& object = open_.back();
    const uint64_t bit = uint64_t{1} << (hash & 63);
    const auto begin = names_.begin() + static_cast<ptrdiff_t>(object.begin);
    if (names_.size() == kMaxNames) return false;
    if (object.seen & bit && std::find(begin, names_.end(), name) != names_.end()) return false;
    object.seen |= bit;
    names_.push_back(name);
    return true;
  }

 private:
  static constexpr size_t kMaxNames = 200;
  struct Object {
    size_t begin;   // in names_
    uint64_t seen;  // a bit of each hash
  };
  std::vector<std::string_view> names_;
  std::vector<Object> open_;
};

uint64_t mixed_shape(uint64_t shape, Type type, uint64_t hash) {
  shape = (shape ^ (hash + static_cast<uint64_t>(type))) * 0x9e3779b97f4a7c15ULL;
  return shape ^ shape >> 32;
}

}  // namespace

bool holds_high_byte(std::string_view text) { return look_at(text).high; }

bool holds_odd_letter(std::string_view text) { return holds_high_byte(text) && odd_letter(text); }

void row_json(RowJson& json, const Event& event) {
  json.text.assign(1, '{');
  json.exact = json.simple = true;
  bool first = true;
  uint64_t shape = 0;
  thread_local OpenObjects objects;
  thread_local Names names;
  objects.reset();
  for (const Member& member : event.members) {
    if (member.type == Type::object_end) {
      shape = mixed_shape(shape, member.type, 0);
      json.text += '}';
      objects.close();
      first = false;
      continue;
    }
    if (!first) json.text += ',';
    const Name& name = names.find(member.key);
    if (!name.plain) json.simple = false;
    if (!name.exact) json.exact = false;
    if (!objects.add(member.key, name.hash)) json.simple = false;
    shape = mixed_shape(shape, member.type, name.hash);
    json.text += name.quoted;
    append_value(json, member);
    first = member.type == Type::object_begin;
    if (first) objects.open();
  }
  json.text += '}';
  json.shape = static_cast<uint32_t>(shape >> 33);
  if (json.text.size() > kMaxJson) json = {"{}", false, false, json.shape};
}

}  // namespace alco::sphinx
