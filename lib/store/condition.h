#pragma once
// A node of a query with what is worth computing once.
#include <memory>
#include <string_view>
#include <vector>

#include "lib/query/matcher.h"
#include "lib/query/query.h"

namespace alco::store {

struct Condition {
  explicit Condition(const query::Node& from);  // throws as Matcher does; `from` must outlive it

  query::Node::Kind kind() const { return node.kind; }
  bool on_message() const { return node.field == "message"; }
  // Contains, on the message: several of them in an `and` are decided together.
  bool is_text() const { return kind() == query::Node::Kind::contains && on_message(); }
  bool holds(std::string_view text) const {
    return kind() == query::Node::Kind::contains ? matcher->found_in(text) : matcher->equals(text);
  }

  const query::Node& node;
  std::vector<std::unique_ptr<Condition>> children;  // cheapest first
  // Of `and`: the conditions on the text of the message, which are decided together, template by template; of such a
  // condition itself: it.
  std::vector<const Condition*> texts;
  bool letters = false;  // a literal that can't lie in a number or an id: only in words and hidden strings
  std::unique_ptr<query::Matcher> matcher;
  bool whole_literal = false;  // the whole text of a field equals it
  bool ascii = true;
  uint64_t hash = 0;  // of a whole literal
  int cost = 0;
};

}  // namespace alco::store
