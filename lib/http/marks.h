#pragma once
// What to highlight in a message.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/query/matcher.h"
#include "lib/query/query.h"

namespace alco::http {

class Marks {
 public:
  explicit Marks(const std::vector<query::Pattern>& patterns);

  // Matches in `text` as [begin, end), rising, not overlapping; in bytes.
  std::vector<std::pair<size_t, size_t>> find(std::string_view text) const;

 private:
  std::vector<query::Matcher> matchers_;
};

// Bytes of `text` to UTF-16 code units, in place. Pairs must be rising and on character borders.
void to_utf16(std::string_view text, std::vector<std::pair<size_t, size_t>>& spans);

// About `most` bytes of `text` around the first span, on character borders, with … where it is cut.
std::string excerpt(std::string_view text, const std::vector<std::pair<size_t, size_t>>& spans, size_t most);

}  // namespace alco::http
