#include "lib/sphinx/row_json.h"

#include <xxhash.h>

#include <algorithm>
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
bool plain_string(std::string_view text) {
  return !look_at(text).control || std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\b' && c != '\f';
  });
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
      if (!plain_string(member.text)) json.exact = false;
      if (holds_odd_letter(member.text)) json.simple = false;
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

// Names of the objects that are open, to see one that comes twice.
class OpenObjects {
 public:
  void reset() {
    names_.clear();
    starts_.assign(1, 0);
  }
  void open() { starts_.push_back(names_.size()); }
  void close() {
    names_.resize(starts_.back());
    starts_.pop_back();
  }
  bool add(std::string_view name) {  // false: it is there already, or there are too many to look
    const auto begin = names_.begin() + static_cast<ptrdiff_t>(starts_.back());
    if (names_.size() == kMaxNames || std::find(begin, names_.end(), name) != names_.end()) return false;
    names_.push_back(name);
    return true;
  }

 private:
  static constexpr size_t kMaxNames = 200;
  std::vector<std::string_view> names_;
  std::vector<size_t> starts_;
};

uint32_t shape_of(const Event& event) {
  uint64_t shape = 0;
  for (const Member& member : event.members)
    shape = XXH3_64bits_withSeed(member.key.data(), member.key.size(), shape + static_cast<uint64_t>(member.type));
  return static_cast<uint32_t>(shape >> 33);
}

}  // namespace

bool holds_odd_letter(std::string_view text) {
  if (!look_at(text).high) return false;
  constexpr const char* kFirstBytes = "\xc5\xe1\xe2";
  for (size_t at = text.find_first_of(kFirstBytes); at != text.npos; at = text.find_first_of(kFirstBytes, at + 1)) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("\xc5\xbf") || rest.starts_with("\xe2\x84\xaa")) return true;
    if (rest.starts_with("\xe1\xb2") && rest.size() > 2 && rest[2] <= '\x88') return true;
  }
  return false;
}

void row_json(RowJson& json, const Event& event) {
  json.shape = shape_of(event);
  json.text.assign(1, '{');
  json.exact = json.simple = true;
  bool first = true;
  thread_local OpenObjects objects;
  objects.reset();
  for (const Member& member : event.members) {
    if (member.type == Type::object_end) {
      json.text += '}';
      objects.close();
      first = false;
      continue;
    }
    if (!first) json.text += ',';
    if (!plain_name(member.key)) {
      json.simple = false;
      if (!plain_string(member.key)) json.exact = false;
    }
    if (!objects.add(member.key)) json.simple = false;
    append_json_string(json.text, member.key);
    json.text += ':';
    append_value(json, member);
    first = member.type == Type::object_begin;
    if (first) objects.open();
  }
  json.text += '}';
  if (json.text.size() > kMaxJson) json = {"{}", false, false, json.shape};
}

}  // namespace alco::sphinx
