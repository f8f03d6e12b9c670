#include "lib/query/literal_search.h"

#include <algorithm>
#include <cstring>

#include "lib/query/fold.h"
#include "lib/query/matcher.h"
#include "lib/utf8.h"

namespace alco::query {
namespace {

// The places of the two rarest bytes, in order; the same one twice if there is only one.
std::pair<size_t, size_t> rare_places(std::string_view needle) {
  size_t rarest = 0;
  for (size_t i = 1; i < needle.size(); ++i)
    if (commonness(needle[i]) < commonness(needle[rarest])) rarest = i;
  size_t next = rarest == 0 ? needle.size() - 1 : 0;
  for (size_t i = 0; i < needle.size(); ++i)
    if (i != rarest && commonness(needle[i]) < commonness(needle[next])) next = i;
  return std::minmax(rarest, next);
}

size_t find_with(std::string_view text, std::string_view needle, size_t from, size_t first, const BytePair& pair) {
  if (needle.size() > text.size()) return text.npos;
  const std::string_view starts = text.substr(0, text.size() - (needle.size() - first - pair.distance - 1));
  for (size_t p = from + first;; ++p) {
    p = find_pair(starts, p, pair);
    if (p == text.npos) return text.npos;
    if (memcmp(text.data() + p - first, needle.data(), needle.size()) == 0) return p - first;
  }
}

std::string last_bytes(const std::vector<std::string>& variants) {
  std::string bytes;
  for (const std::string& variant : variants)
    if (bytes.find(variant.back()) == bytes.npos) bytes += variant.back();
  return bytes;
}

unsigned commonness_of_any(const std::string& bytes) {
  unsigned sum = 0;
  for (const char byte : bytes) sum += commonness(byte);
  return sum;
}

}  // namespace

size_t find_literal(std::string_view text, std::string_view needle, size_t from) {
  if (from > text.size()) return text.npos;
  if (needle.empty()) return from;
  if (needle.size() == 1) return text.find(needle[0], from);
  const auto [first, second] = rare_places(needle.substr(0, 64));
  return find_with(text, needle, from, first,
                   BytePair::of(needle.substr(first, 1), needle.substr(second, 1), second - first));
}

ExactSearch::ExactSearch(std::string_view needle) : needle_(needle) {
  if (needle.empty()) return;
  const auto [first, second] = rare_places(needle);
  first_ = first;
  pair_ = BytePair::of(needle.substr(first, 1), needle.substr(second, 1), second - first);
}

std::optional<Span> ExactSearch::find(std::string_view text, size_t from) const {
  size_t at = from;
  if (needle_.size() == 1)
    at = text.find(needle_[0], from);
  else if (!needle_.empty())
    at = find_with(text, needle_, from, first_, pair_);
  if (at == text.npos) return std::nullopt;
  return Span(at, at + needle_.size());
}

FoldedSearch::FoldedSearch(std::string_view needle) {
  for (size_t at = 0; at < needle.size();) {
    const utf8::Decoded next = utf8::decode(needle.substr(at));
    Variants& variants = characters_.emplace_back();
    if (next.valid)
      for (const char32_t c : case_variants(next.code)) utf8::append(variants.emplace_back(), c);
    else
      variants.emplace_back(needle.substr(at, 1));
    at += next.length;
  }
  if (characters_.empty()) return;
  const auto rarity = [&](size_t i) { return commonness_of_any(last_bytes(characters_[i])); };
  for (size_t i = 1; i < characters_.size(); ++i)
    if (rarity(i) < rarity(anchor_)) anchor_ = i;
  // The second byte at a distance from the first that is the same in every match: to both sides while lengths are
  // fixed.
  size_t low = anchor_, high = anchor_;
  if (fixed_length(anchor_))
    while (low > 0 && fixed_length(low - 1)) --low;
  while (high + 1 < characters_.size() && fixed_length(high + 1)) ++high;
  size_t other = low == high ? anchor_ : low == anchor_ ? high : low;
  for (size_t i = low; i <= high; ++i)
    if (i != anchor_ && rarity(i) < rarity(other)) other = i;
  const size_t second = std::max(anchor_, other);
  anchor_ = std::min(anchor_, other);
  size_t distance = 0;
  for (size_t i = anchor_ + 1; i <= second; ++i) distance += characters_[i][0].size();
  pair_ = BytePair::of(last_bytes(characters_[anchor_]), last_bytes(characters_[second]), distance);
}

bool FoldedSearch::fixed_length(size_t character) const {
  const Variants& variants = characters_[character];
  return std::all_of(variants.begin(), variants.end(),
                     [&](const std::string& variant) { return variant.size() == variants[0].size(); });
}

// The match whose anchor ends at `anchor_end`.
std::optional<Span> FoldedSearch::verify(std::string_view text, size_t anchor_end) const {
  size_t begin = anchor_end, end = anchor_end;
  for (size_t i = anchor_ + 1; i-- > 0;) {
    const std::string_view before = text.substr(0, begin);
    const auto variant = std::find_if(characters_[i].begin(), characters_[i].end(),
                                      [&](const std::string& v) { return before.ends_with(v); });
    if (variant == characters_[i].end()) return std::nullopt;
    begin -= variant->size();
  }
  for (size_t i = anchor_ + 1; i < characters_.size(); ++i) {
    const std::string_view behind = text.substr(end);
    const auto variant = std::find_if(characters_[i].begin(), characters_[i].end(),
                                      [&](const std::string& v) { return behind.starts_with(v); });
    if (variant == characters_[i].end()) return std::nullopt;
    end += variant->size();
  }
  return Span(begin, end);
}

std::optional<Span> FoldedSearch::find(std::string_view text, size_t from) const {
  if (characters_.empty()) return Span(from, from);
  for (size_t p = from;; ++p) {
    p = find_pair(text, p, pair_);
    if (p == text.npos) return std::nullopt;
    const auto match = verify(text, p + 1);
    if (match && match->first >= from) return match;
  }
}

}  // namespace alco::query
