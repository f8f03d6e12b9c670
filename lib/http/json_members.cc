#include "lib/http/json_members.h"

namespace alco::http {
namespace {

constexpr auto npos = std::string_view::npos;

// Behind the string that begins at `at`, or npos.
size_t string_end(std::string_view text, size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '"') return at + 1;
    if (text[at] == '\\') ++at;
  }
  return npos;
}

// Behind the value that begins at 0, or npos.
size_t value_end(std::string_view text) {
  size_t depth = 0;
  size_t at = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = string_end(text, at);
      if (at == npos || depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      if (depth == 0) return at;  // of the object around a number or word
      if (--depth == 0) return at + 1;
    } else if (c == ',' && depth == 0) {
      return at;
    }
    ++at;
  }
  return npos;
}

void skip_blanks(std::string_view& text) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t' || text[0] == '\n' || text[0] == '\r'))
    text.remove_prefix(1);
}

}  // namespace

JsonMembers::JsonMembers(std::string_view object) : rest_(object) {
  skip_blanks(rest_);
  if (!rest_.empty()) rest_.remove_prefix(1);
}

bool JsonMembers::next(Member& member) {
  skip_blanks(rest_);
  if (rest_.starts_with(',')) rest_.remove_prefix(1);
  skip_blanks(rest_);
  if (!rest_.starts_with('"')) return false;
  const size_t key_end = string_end(rest_, 0);
  if (key_end == npos) return false;
  member.key = rest_.substr(0, key_end);
  rest_.remove_prefix(key_end);
  skip_blanks(rest_);
  if (!rest_.starts_with(':')) return false;
  rest_.remove_prefix(1);
  skip_blanks(rest_);
  const size_t end = value_end(rest_);
  if (end == npos || end == 0) return false;
  member.value = rest_.substr(0, end);
  rest_.remove_prefix(end);
  return true;
}

}  // namespace alco::http
