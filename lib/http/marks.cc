#include "lib/http/marks.h"

#include <algorithm>

namespace alco::http {
namespace {

constexpr size_t kMostSpans = 1000;  // in one message

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

size_t utf16_units(std::string_view text) {
  size_t units = 0;
  for (const char c : text) {
    if (continues_character(c)) continue;
    units += static_cast<unsigned char>(c) >= 0xf0 ? 2 : 1;
  }
  return units;
}

}  // namespace

Marks::Marks(const std::vector<query::Pattern>& patterns) {
  for (const query::Pattern& pattern : patterns) matchers_.emplace_back(pattern);
}

std::vector<std::pair<size_t, size_t>> Marks::find(std::string_view text) const {
  std::vector<std::pair<size_t, size_t>> found;
  for (const query::Matcher& matcher : matchers_) matcher.spans(text, found);
  std::sort(found.begin(), found.end());
  std::vector<std::pair<size_t, size_t>> merged;
  for (const auto& span : found) {
    if (!merged.empty() && span.first <= merged.back().second)
      merged.back().second = std::max(merged.back().second, span.second);
    else if (merged.size() < kMostSpans)
      merged.push_back(span);
    else
      break;
  }
  return merged;
}

void to_utf16(std::string_view text, std::vector<std::pair<size_t, size_t>>& spans) {
  size_t byte = 0, unit = 0;
  const auto convert = [&](size_t& offset) {
    unit += utf16_units(text.substr(byte, offset - byte));
    byte = offset;
    offset = unit;
  };
  for (auto& [begin, end] : spans) {
    convert(begin);
    convert(end);
  }
}

std::string excerpt(std::string_view text, const std::vector<std::pair<size_t, size_t>>& spans, size_t most) {
  if (text.size() <= most) return std::string(text);
  const size_t hit = spans.empty() ? 0 : spans.front().first;
  size_t begin = hit > most / 4 ? hit - most / 4 : 0;
  begin = std::min(begin, text.size() - most);
  size_t end = begin + most;
  while (begin > 0 && continues_character(text[begin])) --begin;
  while (end < text.size() && continues_character(text[end])) --end;
  std::string out(begin > 0 ? "…" : "");
  out += text.substr(begin, end - begin);
  if (end < text.size()) out += "…";
  return out;
}

}  // namespace alco::http
