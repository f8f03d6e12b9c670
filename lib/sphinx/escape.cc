#include "lib/sphinx/escape.h"

#include <algorithm>
#include <cassert>

namespace alco::sphinx {

void append_quoted(std::string& out, std::string_view text) {
  assert(quotable(text));
  out += '\'';
  for (size_t at = 0;;) {
    const size_t special = text.find_first_of("\\'", at);
    out.append(text.substr(at, special - at));
    if (special == text.npos) break;
    out += '\\';
    out += text[special];
    at = special + 1;
  }
  out += '\'';
}

bool plain_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= 64 && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

}  // namespace alco::sphinx
