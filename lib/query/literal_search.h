#pragma once
// Searching for one literal: exactly, or in any letter case without folding the text.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/query/byte_scan.h"

namespace alco::query {

using Span = std::pair<size_t, size_t>;  // [begin, end)

class ExactSearch {
 public:
  explicit ExactSearch(std::string_view needle);
  std::optional<Span> find(std::string_view text, size_t from) const;  // `from` <= text.size()

 private:
  std::string needle_;
  size_t first_ = 0;  // where in the needle the first byte of the pair is
  BytePair pair_;
};

// Both sides by Unicode simple folding; a match may have another length than the needle (k and the Kelvin sign).
class FoldedSearch {
 public:
  explicit FoldedSearch(std::string_view needle);
  std::optional<Span> find(std::string_view text, size_t from) const;

 private:
  using Variants = std::vector<std::string>;  // of one character, in UTF-8
  bool fixed_length(size_t character) const;
  std::optional<Span> verify(std::string_view text, size_t anchor_end) const;

  std::vector<Variants> characters_;
  size_t anchor_ = 0;  // the character whose last byte is the first one of the pair
  BytePair pair_;
};

}  // namespace alco::query
