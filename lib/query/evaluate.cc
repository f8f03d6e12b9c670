#include "lib/query/evaluate.h"

#include <algorithm>
#include <optional>

#include "lib/query/compare.h"
#include "lib/query/field_text.h"
#include "lib/query/matcher.h"

namespace alco::query {

struct Evaluator::Compiled {
  explicit Compiled(const Node& node)
      : kind(node.kind), field(node.field), op(node.op), number(node.number), children() {
    if (kind == Node::Kind::contains || kind == Node::Kind::equals) matcher.emplace(node.pattern);
    children.reserve(node.children.size());
    for (const Node& child : node.children) children.emplace_back(child);
  }

  bool matches(const Event& event) const;
  bool condition(const Event& event) const;
  bool text_matches(std::string_view text) const {
    return kind == Node::Kind::equals ? matcher->equals(text) : matcher->found_in(text);
  }

  Node::Kind kind;
  std::string field;
  Node::Op op;
  double number;
  std::optional<Matcher> matcher;
  std::vector<Compiled> children;
};

bool Evaluator::Compiled::matches(const Event& event) const {
  const auto child_matches = [&](const Compiled& child) { return child.matches(event); };
  switch (kind) {
    case Node::Kind::everything:
      return true;
    case Node::Kind::and_:
      return std::all_of(children.begin(), children.end(), child_matches);
    case Node::Kind::or_:
      return std::any_of(children.begin(), children.end(), child_matches);
    case Node::Kind::not_:
      return !child_matches(children[0]);
    default:
      return condition(event);
  }
}

bool Evaluator::Compiled::condition(const Event& event) const {
  if (field == "message") {
    if (!event.message) return false;
    if (kind == Node::Kind::exists) return true;
    return kind == Node::Kind::compare ? compare(*event.message, op, number) : text_matches(*event.message);
  }
  bool found = false;
  std::string scratch;
  const auto texts =
      kind == Node::Kind::equals && matcher->pattern().kind == Pattern::Kind::literal ? any_whole_text : any_text;
  for_each_leaf(event, [&](std::string_view path, const Member& member) {
    if (found || path != field) return;
    if (kind == Node::Kind::exists)
      found = true;
    else if (kind == Node::Kind::compare)
      found = compare(member, op, number);
    else
      found = texts(member, scratch, [&](std::string_view text) { return text_matches(text); });
  });
  return found;
}

Evaluator::Evaluator(const Node& node) : root_(std::make_unique<Compiled>(node)) {}
Evaluator::~Evaluator() = default;
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;

bool Evaluator::matches(const Event& event) const { return root_->matches(event); }

namespace {

void collect_marked(const Node& node, bool positive, std::vector<Pattern>& out) {
  const bool in_message = node.field == "message";
  if (positive && in_message && (node.kind == Node::Kind::contains || node.kind == Node::Kind::equals))
    out.push_back(node.pattern);
  for (const Node& child : node.children) collect_marked(child, positive == (node.kind != Node::Kind::not_), out);
}

}  // namespace

std::vector<Pattern> marked_patterns(const Node& node) {
  std::vector<Pattern> patterns;
  collect_marked(node, true, patterns);
  return patterns;
}

}  // namespace alco::query
