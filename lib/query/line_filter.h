#pragma once
// Which lines of NDJSON can't hold an event that matches, decided on their bytes before they are parsed.
#include <string_view>
#include <vector>

#include "lib/query/literal_search.h"
#include "lib/query/query.h"

namespace alco::query {

// Thread-safe after construction.
class LineFilter {
 public:
  explicit LineFilter(const Node& node);

  bool excludes_some() const { return !searches_.empty(); }

  // False only if no event of the line matches.
  bool possible(std::string_view line) const;

 private:
  std::vector<FoldedSearch> searches_;  // one of them must be found, if there are any
};

}  // namespace alco::query
