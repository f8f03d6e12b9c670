// The pieces of trees: see parse.h.
#include <iterator>
#include <utility>

#include "lib/query/fold.h"
#include "lib/query/parse.h"
#include "lib/query/pattern_case.h"

namespace alco::query {
namespace {

Node joined(Node::Kind kind, std::vector<Node> nodes) {
  Node result;
  result.kind = kind;
  for (Node& node : nodes) {
    if (node.kind == kind)
      std::move(node.children.begin(), node.children.end(), std::back_inserter(result.children));
    else
      result.children.push_back(std::move(node));
  }
  if (result.children.size() > 1) return result;
  return result.children.empty() ? Node{} : Node(std::move(result.children[0]));
}

// Upper-case letters that stand for themselves: not the ones of \S, \pL, \x{AB} and (?P<Name>.
bool regex_has_upper(std::string_view text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("(?P<")) {
      i = text.find('>', i);
      if (i == text.npos) return false;
    } else if (text[i] == '\\' && i + 1 < text.size()) {
      const char c = text[++i];
      if (c != 'p' && c != 'P' && c != 'x') continue;
      if (i + 1 < text.size() && text[i + 1] == '{')
        i = std::min(text.find('}', i), text.size());
      else
        i += c == 'x' ? 2 : 1;
    } else if (static_cast<unsigned char>(text[i]) >= 0x80 || (text[i] >= 'A' && text[i] <= 'Z')) {
      size_t end = i + 1;
      while (end < text.size() && static_cast<unsigned char>(text[end]) >= 0x80) ++end;
      if (has_upper(text.substr(i, end - i))) return true;
      i = end - 1;
    }
  }
  return false;
}

}  // namespace

bool smart_ignores_case(const Pattern& pattern) {
  return !(pattern.kind == Pattern::Kind::regex ? regex_has_upper(pattern.text) : has_upper(pattern.text));
}

void set_case(Pattern& pattern, Case letter_case) {
  pattern.ignore_case = letter_case == Case::smart ? smart_ignores_case(pattern) : letter_case == Case::ignore;
}

Pattern literal(std::string_view text, Case letter_case) {
  Pattern pattern;
  pattern.text = text;
  set_case(pattern, letter_case);
  return pattern;
}

Pattern regex(std::string_view text, Case letter_case) {
  Pattern pattern;
  pattern.kind = Pattern::Kind::regex;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      if (text[i + 1] != '/') pattern.text += text[i];  // "\/" is for the language, not for RE2
      ++i;
    }
    pattern.text += text[i];
  }
  set_case(pattern, letter_case);
  return pattern;
}

Node contains(Pattern pattern) {
  Node node;
  node.kind = Node::Kind::contains;
  node.field = "message";
  node.pattern = std::move(pattern);
  return node;
}

Node equals(std::string_view field, std::string_view value) {
  Node node;
  node.kind = Node::Kind::equals;
  node.field = field;
  node.pattern.text = value;
  return node;
}

Node all_of(std::vector<Node> nodes) {
  std::erase_if(nodes, [](const Node& node) { return node.kind == Node::Kind::everything; });
  return joined(Node::Kind::and_, std::move(nodes));
}

Node any_of(std::vector<Node> nodes) {
  for (const Node& node : nodes)
    if (node.kind == Node::Kind::everything) return {};
  return joined(Node::Kind::or_, std::move(nodes));
}

Node negated(Node node) {
  if (node.kind == Node::Kind::not_) return Node(std::move(node.children[0]));
  Node result;
  result.kind = Node::Kind::not_;
  result.children.push_back(std::move(node));
  return result;
}

}  // namespace alco::query
