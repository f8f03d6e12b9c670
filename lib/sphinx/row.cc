#include "lib/sphinx/row.h"

#include <zstd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <initializer_list>

#include "lib/query/field_text.h"
#include "lib/sphinx/escape.h"
#include "lib/sphinx/row_json.h"

namespace alco::sphinx {
namespace {

constexpr size_t kMaxString = 4'000'000;         // a string attribute ends at 4 MiB
constexpr size_t kPackFrom = size_t{256} << 10;  // bytes of `raw` that are worth zstd
constexpr size_t kMaxUnpacked = size_t{256} << 20;
constexpr size_t kMaxWord = 40;  // characters; searchd cuts words at 42
constexpr char kPacked = 'z';    // first byte of a packed `raw`; JSON begins with '{'

// 1 for a byte that begins a character of a word, 0 for one that goes on with it, 2 for others.
constexpr std::array<unsigned char, 256> kWordBytes = [] {
  std::array<unsigned char, 256> kinds{};
  for (unsigned c = 0; c < 256; ++c) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c > 127;
    kinds[c] = !word ? 2 : (c & 0xc0) == 0x80 ? 0 : 1;
  }
  return kinds;
}();

// Above U+FFFF searchd's tokenizer is not to be trusted: at some characters it stops reading.
bool holds_high_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0xf0; });
}

// Only a run of word bytes that long can be a word that long: it has a byte at one of the places looked at.
bool holds_long_word(std::string_view text) {
  const auto kind = [&](size_t at) { return kWordBytes[static_cast<unsigned char>(text[at])]; };
  for (size_t at = kMaxWord; at < text.size(); at += kMaxWord + 1) {
    if (kind(at) == 2) continue;
    size_t begin = at, characters = 0;
    while (begin > 0 && kind(begin - 1) != 2) --begin;
    for (; begin < text.size() && kind(begin) != 2; ++begin) characters += kind(begin);
    if (characters > kMaxWord) return true;
    at = begin;  // behind the run
  }
  return false;
}

// searchd sees the same words in it as ALCO does.
bool words_are_true(std::string_view text) {
  return !holds_long_word(text) && (!holds_high_byte(text) || (!holds_odd_letter(text) && !holds_high_character(text)));
}

// zstd, without byte 0, which no literal can hold: 0 and 1 become 1 followed by 1 and 2.
std::string pack(std::string_view text) {
  std::string packed(ZSTD_compressBound(text.size()), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), text.data(), text.size(), 1));
  std::string out(1, kPacked);
  for (const char c : packed) {
    if (c == 0 || c == 1) out += '\1';
    out += c == 0 ? '\1' : c == 1 ? '\2' : c;
  }
  return out;
}

// ",1,2,…"
void append_numbers(std::string& out, std::initializer_list<int64_t> values) {
  std::array<char, 8 * 21> text;
  char* end = text.data();
  for (const int64_t value : values) {
    *end++ = ',';
    end = std::to_chars(end, text.data() + text.size(), value).ptr;
  }
  out.append(text.data(), end);
}

// The text, or a copy with spaces for NUL.
std::string_view quotable_text(std::string_view text, std::string& buffer) {
  if (quotable(text)) return text;
  buffer = text;
  std::replace(buffer.begin(), buffer.end(), '\0', ' ');
  return buffer;
}

void append_text(std::string& out, std::string_view text) {
  out += ',';
  append_quoted(out, text);
}

std::string indexed_text(const Event& event, const std::string& name) {
  std::string text, scratch;
  for_each_leaf(event, [&](std::string_view path, const Member& member) {
    if (path != name) return;
    if (!text.empty()) text += ' ';
    text += query::column_text(member, scratch);
  });
  return text.substr(0, kMaxString);
}

uint64_t mixed(uint64_t x) {  // the finish of splitmix64
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

}  // namespace

int64_t document_id(Nanoseconds time, const MessageId& id, unsigned probe) {
  constexpr uint64_t kMask = (uint64_t{1} << 46) - 1;
  const int64_t second = (time - utc_day(time) * kDay) / kSecond;
  const uint64_t hash = probe > 0 ? mixed(id.low ^ mixed(id.high + probe)) : id.low;
  return (second + 1) << 46 | static_cast<int64_t>(hash & kMask);
}

std::string row_columns(std::span<const std::string> indexed) {
  std::string out = "id";
  for (const std::string_view name : {kArrival, kTime, kNanos, kIdHigh, kIdLow, kFlags, kMessage, kMarks, kJson, kRaw})
    out.append(",").append(name);
  for (const std::string& name : indexed) out.append(",").append(kFieldPrefix).append(name);
  return out;
}

bool append_row(std::string& out, const Event& event, const MessageId& id, int64_t arrival,
                std::span<const std::string> indexed) {
  thread_local RowJson json;
  row_json(json, event);
  std::string_view message = event.message.value_or(std::string_view());
  const bool whole = event.message && message.size() <= kMaxString && quotable(message);
  std::string raw, buffer;
  if (!whole || !json.exact) {
    append_json(raw, event);
    if (raw.size() >= kPackFrom) raw = pack(raw);
    if (raw.size() > kMaxString) return false;
    message = quotable_text(message.substr(0, kMaxString), buffer);
  }
  const int64_t micros = event.time / 1000 - (event.time % 1000 < 0);
  append_numbers(
      out, {arrival, micros, event.time - micros * 1000, static_cast<int64_t>(id.high), static_cast<int64_t>(id.low),
            int64_t{json.shape} << kShapeShift | (json.simple && raw.empty() ? 0 : kFlagJson)});
  append_text(out, message);
  append_text(out, whole && words_are_true(message) ? "" : "odd");
  append_text(out, json.text);
  append_text(out, raw);
  append_indexed(out, event, indexed);
  out += ')';
  return true;
}

void append_indexed(std::string& out, const Event& event, std::span<const std::string> indexed) {
  std::string buffer;
  for (const std::string& name : indexed) append_text(out, quotable_text(indexed_text(event, name), buffer));
}

std::string row_event(std::string_view values) {
  std::vector<std::string> fields;  // numbers, and literals without quotes and escapes
  for (size_t at = 0; at < values.size() && values[at] == ',';) {
    std::string& field = fields.emplace_back();
    const bool quoted = values.substr(at + 1).starts_with('\'');
    for (at += quoted ? 2 : 1; at < values.size() && values[at] != (quoted ? '\'' : ','); ++at) {
      if (quoted && values[at] == '\\') ++at;
      field += values[at];
    }
    if (quoted) ++at;
  }
  fields.resize(10);
  std::string buffer;
  if (!fields[9].empty()) return std::string(unpack_raw(fields[9], buffer).value_or(""));
  int64_t micros = 0, nanos = 0;
  std::from_chars(fields[1].data(), fields[1].data() + fields[1].size(), micros);
  std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), nanos);
  std::string json = "{\"@timestamp\":\"" + to_rfc3339(micros * 1000 + nanos) + "\",\"message\":";
  append_json_string(json, fields[6]);
  if (fields[8].size() > 2) json += ',' + fields[8].substr(1, fields[8].size() - 2);
  return json + '}';
}

std::optional<std::string_view> unpack_raw(std::string_view raw, std::string& buffer) {
  if (raw.empty() || raw[0] != kPacked) return raw;
  std::string packed;
  for (size_t i = 1; i < raw.size(); ++i) {
    const bool stuffed = raw[i] == '\1';
    if (stuffed && ++i == raw.size()) return std::nullopt;
    packed += static_cast<char>(raw[i] - (stuffed ? 1 : 0));
  }
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size > kMaxUnpacked) return std::nullopt;
  buffer.resize(size);
  if (ZSTD_decompress(buffer.data(), size, packed.data(), packed.size()) != size) return std::nullopt;
  return buffer;
}

}  // namespace alco::sphinx
