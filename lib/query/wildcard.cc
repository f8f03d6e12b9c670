#include "lib/query/wildcard.h"

#include "lib/query/matcher.h"

namespace alco::query {

Wildcard::Wildcard(std::string_view pattern) : pieces_(1) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    const bool escape =
        pattern[i] == '\\' && i + 1 < pattern.size() && (pattern[i + 1] == '*' || pattern[i + 1] == '\\');
    if (pattern[i] == '*')
      pieces_.emplace_back();
    else
      pieces_.back() += pattern[escape ? ++i : i];
  }
}

bool Wildcard::matches(std::string_view text) const {
  if (pieces_.size() == 1) return text == pieces_[0];
  if (!text.starts_with(pieces_.front())) return false;
  text.remove_prefix(pieces_.front().size());
  if (!text.ends_with(pieces_.back())) return false;
  text.remove_suffix(pieces_.back().size());
  for (size_t i = 1; i + 1 < pieces_.size(); ++i) {
    const size_t at = find_literal(text, pieces_[i]);
    if (at == text.npos) return false;
    text.remove_prefix(at + pieces_[i].size());
  }
  return true;
}

bool has_star(std::string_view pattern) { return Wildcard(pattern).pieces().size() > 1; }

}  // namespace alco::query
