#include "lib/store/condition.h"

#include <algorithm>

#include "lib/store/filter.h"

namespace alco::store {

using query::Matcher;
using query::Node;
using query::Pattern;

namespace {

bool hex_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'f'; }
bool letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }

// Letters that stand in no number and no id, not even behind the 0x of one.
bool only_in_words(std::string_view text) {
  if (!std::all_of(text.begin(), text.end(), letter)) return false;
  if (!text.empty() && (text[0] | 0x20) == 'x') text.remove_prefix(1);
  return !text.empty() && !std::all_of(text.begin(), text.end(), hex_letter);
}

}  // namespace

Condition::Condition(const Node& from) : node(from) {
  for (const Node& child : from.children) children.push_back(std::make_unique<Condition>(child));
  if (kind() == Node::Kind::contains || kind() == Node::Kind::equals) matcher = std::make_unique<Matcher>(from.pattern);
  whole_literal = kind() == Node::Kind::equals && from.pattern.kind == Pattern::Kind::literal;
  ascii = std::none_of(from.pattern.text.begin(), from.pattern.text.end(),
                       [](char c) { return static_cast<signed char>(c) < 0; });
  if (whole_literal) hash = filter_hash(from.pattern.text);
  cost = kind() == Node::Kind::contains                                                   ? 3
         : whole_literal || kind() == Node::Kind::compare || kind() == Node::Kind::exists ? 1
                                                                                          : 2;
  for (const auto& child : children) cost = std::max(cost, child->cost);
  if (kind() == Node::Kind::and_) {
    for (const auto& child : children)
      if (child->is_text()) texts.push_back(child.get());
  } else if (is_text()) {
    texts.push_back(this);
  }
  // Whole words are never decided by the words of a template alone: their texts have to be looked at.
  letters = is_text() && from.pattern.kind == Pattern::Kind::literal && !from.pattern.whole_word &&
            only_in_words(from.pattern.text);
  std::stable_sort(children.begin(), children.end(), [](const auto& a, const auto& b) { return a->cost < b->cost; });
}

}  // namespace alco::store
