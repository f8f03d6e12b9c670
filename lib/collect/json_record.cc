#include "lib/collect/json_record.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <vector>

#include "lib/event.h"
#include "lib/event_parser.h"
#include "lib/utf8.h"

namespace alco {
namespace {

constexpr size_t kTruncatedHead = size_t{64} << 10;
constexpr std::string_view kOurs = "@alco";

// The text of a JSON string without its quotes equals "@alco" once unescaped. Only \u can spell these five.
bool spells_ours(std::string_view raw) {
  size_t at = 0;
  for (const char wanted : kOurs) {
    if (at < raw.size() && raw[at] == wanted) {
      ++at;
      continue;
    }
    if (raw.substr(at, 4) != "\\u00" || at + 6 > raw.size()) return false;
    constexpr std::string_view kHex = "0123456789abcdef";
    const size_t high = kHex.find(static_cast<char>(raw[at + 4] | 0x20)),
                 low = kHex.find(static_cast<char>(raw[at + 5] | 0x20));
    if (high == kHex.npos || low == kHex.npos || static_cast<char>(high * 16 + low) != wanted) return false;
    at += 6;
  }
  return at == raw.size();
}

// The positions of the text of each key at the top level that is "@alco"; `json` is a valid object.
std::vector<std::pair<size_t, size_t>> find_ours(std::string_view json) {
  std::vector<std::pair<size_t, size_t>> found;
  int depth = 0;
  bool key = false;
  for (size_t at = 0; at < json.size(); ++at) {
    switch (json[at]) {
      case '{':
      case '[':
        key = ++depth == 1;
        break;
      case '}':
      case ']':
        --depth;
        break;
      case ',':
        key = depth == 1;
        break;
      case ':':
        key = false;
        break;
      case '"': {
        const size_t from = ++at;
        while (json[at] != '"') at += json[at] == '\\' ? 2 : 1;
        if (depth == 1 && key && spells_ours(json.substr(from, at - from))) found.emplace_back(from, at - from);
        break;
      }
      default:
        break;
    }
  }
  return found;
}

std::string_view trimmed(std::string_view body) {
  constexpr std::string_view kBom = "\xef\xbb\xbf", kSpace = " \t\r\n";
  if (body.starts_with(kBom)) body.remove_prefix(kBom.size());
  const size_t from = body.find_first_not_of(kSpace);
  if (from == body.npos) return {};
  return body.substr(from, body.find_last_not_of(kSpace) - from + 1);
}

}  // namespace

struct JsonRecords::Parser {
  EventParser parser;
};

JsonRecords::JsonRecords() : parser_(std::make_unique<Parser>()) {}
JsonRecords::~JsonRecords() = default;

JsonRecords::Made JsonRecords::make(std::string& out, std::string_view body, Nanoseconds arrival) {
  const std::string_view json = trimmed(body);
  out.clear();
  timed_ = false;
  if (json.empty() || json[0] != '{') {
    parsed_ = &parser_->parser.parse(body, arrival);
    append_json(out, *parsed_);
    return Made::wrapped;
  }
  constexpr Nanoseconds kNone = std::numeric_limits<Nanoseconds>::min();  // no event can have it
  parsed_ = &parser_->parser.parse(json, kNone);
  timed_ = parser_->parser.was_json() && parsed_->time != kNone;
  if (!parser_->parser.was_json()) {
    parsed_ = &parser_->parser.parse(json, arrival);
    append_json(out, *parsed_);
    return Made::wrapped;
  }
  out = json;
  // A valid object has these only between its tokens.
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
  if (out.find(kOurs) == out.npos && out.find("\\u00") == out.npos) return Made::passed;
  const auto ours = find_ours(out);
  for (auto it = ours.rbegin(); it != ours.rend(); ++it) out.replace(it->first, it->second, "@alco_x");
  if (!ours.empty()) ++renamed_;
  return Made::passed;
}

void JsonRecords::make_truncated(std::string& out, std::string_view head, uint64_t length, Nanoseconds arrival) {
  head = head.substr(0, kTruncatedHead);
  while (!head.empty() && (head.back() & 0xc0) == 0x80) head.remove_suffix(1);  // no half characters
  if (!head.empty() && (head.back() & 0x80) != 0) head.remove_suffix(1);
  out = "{\"@timestamp\":\"";
  append_rfc3339(out, arrival);
  std::string text;
  utf8::append_repaired(text, head);
  out += "\",\"message\":";
  append_json_string(out, text);
  out += ",\"length\":" + std::to_string(length) + R"(,"tags":["_truncated"]})";
}

}  // namespace alco
