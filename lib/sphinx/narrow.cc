#include "lib/sphinx/narrow.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "lib/query/matcher.h"
#include "lib/sphinx/escape.h"
#include "lib/sphinx/row.h"
#include "lib/sphinx/row_json.h"
#include "lib/utf8.h"

namespace alco::sphinx {
namespace {

using query::Node;
using query::Pattern;
using Part = std::optional<std::string>;  // nullopt: nothing is known

constexpr size_t kMaxWord = 40;       // characters; a row with a longer one is marked
constexpr size_t kMaxPart = 8 << 10;  // bytes; searchd's expressions have a limited stack
constexpr double kMaxNumber = 1e15;

// Children of an `and` that nothing is known of are left out; one in an `or` spoils it.
template <class Make>
Part combine(const Node& node, const char* separator, Make make) {
  std::string text;
  for (const Node& child : node.children) {
    const Part part = make(child);
    if (!part && node.kind == Node::Kind::or_) return std::nullopt;
    if (!part) continue;
    if (text.size() + part->size() > kMaxPart) {
      if (node.kind == Node::Kind::or_) return std::nullopt;
      continue;
    }
    text += (text.empty() ? "" : separator) + *part;
  }
  if (text.empty()) return std::nullopt;
  return "(" + text + ")";
}

// A character of charset_table in its one case, or 0.
char32_t word_character(char32_t c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '_' || (c >= 0x430 && c <= 0x44f) || c == 0x451)
    return c;
  if ((c >= 'A' && c <= 'Z') || (c >= 0x410 && c <= 0x42f)) return c + 32;
  return c == 0x401 ? 0x451 : 0;
}

class Words {
 public:
  explicit Words(const WordRules& rules) : rules_(rules) {}

  Part of(const Node& node) const {
    switch (node.kind) {
      case Node::Kind::and_:
        return combine(node, " ", [&](const Node& child) { return of(child); });
      case Node::Kind::or_:
        return combine(node, " | ", [&](const Node& child) { return of(child); });
      case Node::Kind::contains:
      case Node::Kind::equals:
        return node.field == "message" ? of(node.pattern, node.kind == Node::Kind::equals) : std::nullopt;
      default:
        return std::nullopt;
    }
  }

 private:
  Part of(const Pattern& pattern, bool whole_text) const {
    if (pattern.ignore_case && holds_odd_letter(pattern.text)) return std::nullopt;
    std::string words;
    if (pattern.kind == Pattern::Kind::literal) {
      append_words(words, pattern.text, whole_text || pattern.whole_word);
    } else {
      const query::Matcher matcher(pattern);
      for (const std::string& literal : matcher.required()) append_words(words, literal, false);
    }
    if (words.empty()) return std::nullopt;
    return "(" + words + ")";
  }

  // `bounded`: no letter or digit stands before or behind the literal in the message.
  void append_words(std::string& out, std::string_view literal, bool bounded) const {
    std::string word;
    size_t characters = 0;
    bool left = bounded;
    for (size_t at = 0; at < literal.size();) {
      const utf8::Decoded decoded = utf8::decode(literal.substr(at));
      const char32_t c = word_character(decoded.code);
      at += decoded.length;
      if (c != 0) {
        utf8::append(word, c);
        ++characters;
        continue;
      }
      append_word(out, word, characters, left, true);
      word.clear();
      characters = 0;
      left = true;
    }
    append_word(out, word, characters, left, bounded);
  }

  void append_word(std::string& out, const std::string& word, size_t characters, bool left, bool right) const {
    if (word.empty() || characters > kMaxWord || !rules_.whole) return;
    const bool part = !left || !right;
    if (part && (rules_.infix == 0 || characters < rules_.infix)) return;
    if (out.size() > kMaxPart) return;
    if (!out.empty()) out += ' ';
    if (!left) out += '*';
    out += word;
    if (!right) out += '*';
  }

  WordRules rules_;
};

// js['http']['path']
Part json_path(std::string_view field) {
  std::string path = "js";
  for (size_t at = 0;;) {
    const size_t dot = field.find('.', at);
    const std::string_view name = field.substr(at, dot == field.npos ? dot : dot - at);
    if (!plain_name(name)) return std::nullopt;
    path += "['" + std::string(name) + "']";
    if (dot == field.npos) return path;
    at = dot + 1;
  }
}

std::string number_text(double value) {
  char text[64];
  snprintf(text, sizeof text, "%.6f", value);
  return text;
}

// searchd may compare in 32-bit floats.
double below(double value) { return value - std::fabs(value) * 1e-5 - 0.001; }
double above(double value) { return value + std::fabs(value) * 1e-5 + 0.001; }

std::string is_array(const std::string& path) { return "(" + path + "[0] IS NULL)=0 OR LENGTH(" + path + ")>1"; }

// The value of a number, if a number may have this text.
std::optional<double> as_number(const std::string& text) {
  char* end = nullptr;
  const double value = strtod(text.c_str(), &end);
  if (end == text.c_str() || *end != '\0') return std::nullopt;
  return value;
}

Part equal_to(const std::string& path, const Pattern& pattern) {
  const std::string& value = pattern.text;
  if (value.empty() || value.size() > kMaxPart || !quotable(value)) return std::nullopt;
  const bool ascii = std::none_of(value.begin(), value.end(), [](char c) { return c < 0; });
  if (pattern.ignore_case && !ascii) return std::nullopt;
  std::string lower = value;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (lower == "true" || lower == "false" || lower == "null") return std::nullopt;
  std::string text = "(" + path + "=";
  append_quoted(text, value);  // compares without the case of ASCII letters
  if (const auto number = as_number(value)) {
    if (!(std::fabs(*number) < kMaxNumber)) return std::nullopt;
    text +=
        " OR (" + path + ">=" + number_text(below(*number)) + " AND " + path + "<=" + number_text(above(*number)) + ")";
  }
  return text + " OR " + is_array(path) + ")";
}

Part compared(const std::string& path, const Node& node) {
  if (!(std::fabs(node.number) < kMaxNumber)) return std::nullopt;
  const bool up = node.op == Node::Op::greater || node.op == Node::Op::greater_equal;
  const std::string limit = up ? ">=" + number_text(below(node.number)) : "<=" + number_text(above(node.number));
  // A string may be wholly a number, an array hold one; LENGTH is 1 for a number.
  return "((" + path + " IS NULL)=0 AND (" + path + limit + " OR LENGTH(" + path + ")<>1 OR " + is_array(path) + "))";
}

Part attributes(const Node& node) {
  switch (node.kind) {
    case Node::Kind::and_:
      return combine(node, " AND ", attributes);
    case Node::Kind::or_:
      return combine(node, " OR ", attributes);
    case Node::Kind::everything:
    case Node::Kind::not_:
      return std::nullopt;
    default:
      break;
  }
  if (node.field == "message") return std::nullopt;
  const Part path = json_path(node.field);
  if (!path) return std::nullopt;
  if (node.kind == Node::Kind::compare) return compared(*path, node);
  if (node.kind == Node::Kind::equals && node.pattern.kind == Pattern::Kind::literal)
    if (const Part equal = equal_to(*path, node.pattern)) return equal;
  return "(" + *path + " IS NULL)=0";
}

}  // namespace

Narrowing narrow(const Node& node, const WordRules& rules) {
  Narrowing narrowing;
  if (const Part words = Words(rules).of(node)) narrowing.match = "(@logline " + *words + ") | (@marks odd)";
  if (const Part where = attributes(node))
    narrowing.where = "((" + std::string(kFlags) + " & " + std::to_string(kFlagJson) + ")=1 OR " + *where + ")";
  return narrowing;
}

}  // namespace alco::sphinx
