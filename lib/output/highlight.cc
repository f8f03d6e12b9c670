#include "lib/output/highlight.h"

#include <algorithm>

namespace alco::output {

Highlight::Highlight(const query::Node& query) { collect(query); }

void Highlight::collect(const query::Node& node) {
  using Kind = query::Node::Kind;
  if (node.kind == Kind::and_ || node.kind == Kind::or_) {
    for (const query::Node& child : node.children) collect(child);
  } else if (node.kind == Kind::contains || node.kind == Kind::equals) {
    fields_[node.field].push_back({query::Matcher(node.pattern), node.kind == Kind::equals});
  }
}

void Highlight::find(std::string_view field, std::string_view text,
                     std::vector<std::pair<size_t, size_t>>& spans) const {
  spans.clear();
  const auto entries = fields_.find(field);
  if (entries == fields_.end()) return;
  for (const Entry& entry : entries->second) {
    if (!entry.whole)
      entry.matcher.spans(text, spans);
    else if (entry.matcher.equals(text) && !text.empty())
      spans.emplace_back(0, text.size());
  }
  if (spans.size() < 2) return;
  std::sort(spans.begin(), spans.end());
  size_t last = 0;
  for (size_t i = 1; i < spans.size(); ++i) {
    if (spans[i].first <= spans[last].second)
      spans[last].second = std::max(spans[last].second, spans[i].second);
    else
      spans[++last] = spans[i];
  }
  spans.resize(last + 1);
}

}  // namespace alco::output
