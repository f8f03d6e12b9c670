#pragma once
// Which parts of an event's text made it a hit.
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/query/matcher.h"
#include "lib/query/query.h"

namespace alco::output {

class Highlight {
 public:
  explicit Highlight(const query::Node& query);

  // Replaces `spans` by [begin, end) of the matches in a field's text, rising and not overlapping.
  void find(std::string_view field, std::string_view text, std::vector<std::pair<size_t, size_t>>& spans) const;

 private:
  void collect(const query::Node& node);

  struct Entry {
    query::Matcher matcher;
    bool whole;  // the text as a whole, as in `host:web01`
  };
  std::map<std::string, std::vector<Entry>, std::less<>> fields_;
};

}  // namespace alco::output
