#include "lib/query/line_filter.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "lib/query/matcher.h"

namespace alco::query {
namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// A character that stands in JSON as it is, and is no part of JSON's own grammar.
bool plain(char c) { return c >= ' ' && c <= '~' && !strchr("\"\\:,{}[]", c); }

// In no text that is made from a number.
bool telling(std::string_view run) {
  return std::any_of(run.begin(), run.end(), [](char c) { return letter(c) && c != 'e' && c != 'E'; });
}

// The longest part of the literal that a line holds whenever a value in it does; "" if there is none.
std::string_view plain_part(std::string_view literal) {
  std::string_view best;
  for (size_t begin = 0; begin < literal.size();) {
    const size_t end =
        static_cast<size_t>(std::find_if_not(literal.begin() + begin, literal.end(), plain) - literal.begin());
    const std::string_view run = literal.substr(begin, end - begin);
    if (run.size() > best.size() && telling(run)) best = run;
    begin = end + 1;
  }
  return best;
}

// Of the node's patterns, one for each way to match; nothing if some way has none.
std::vector<std::string> needed(const Node& node) {
  switch (node.kind) {
    case Node::Kind::contains:
    case Node::Kind::equals: {
      if (node.field == "tags" || node.field.starts_with('@')) return {};  // the parser adds to these
      std::string best;
      const Matcher matcher(node.pattern);
      for (const std::string& literal : matcher.required())
        if (const std::string_view part = plain_part(literal); part.size() > best.size()) best = part;
      if (best.empty()) return {};
      return {best};
    }
    case Node::Kind::and_: {
      std::vector<std::string> best;
      const auto shortest = [](const std::vector<std::string>& of) {
        size_t length = of.empty() ? 0 : of[0].size();
        for (const std::string& literal : of) length = std::min(length, literal.size());
        return length;
      };
      for (const Node& child : node.children)
        if (std::vector<std::string> of = needed(child); shortest(of) > shortest(best)) best = std::move(of);
      return best;
    }
    case Node::Kind::or_: {
      std::vector<std::string> all;
      for (const Node& child : node.children) {
        const std::vector<std::string> of = needed(child);
        if (of.empty()) return {};
        all.insert(all.end(), of.begin(), of.end());
      }
      return all;
    }
    default:
      return {};
  }
}

}  // namespace

LineFilter::LineFilter(const Node& node) {
  constexpr size_t kMost = 8;  // more searches take as long as parsing
  const std::vector<std::string> literals = needed(node);
  if (literals.size() > kMost) return;
  for (const std::string& literal : literals) searches_.emplace_back(literal);
}

bool LineFilter::possible(std::string_view line) const {
  if (searches_.empty() || memchr(line.data(), '\\', line.size())) return true;
  return std::any_of(searches_.begin(), searches_.end(),
                     [&](const FoldedSearch& search) { return search.find(line, 0).has_value(); });
}

}  // namespace alco::query
