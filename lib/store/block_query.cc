#include "lib/store/block_query.h"

#include <algorithm>
#include <charconv>

#include "lib/query/compare.h"
#include "lib/query/field_text.h"
#include "lib/store/filter.h"
#include "lib/store/int_codec.h"

namespace alco::store {

using query::Matcher;
using query::Node;
using query::Pattern;

namespace {

bool only_letters_one_not_hex(std::string_view text) {
  bool not_hex = false;
  for (char c : text) {
    const auto lower = static_cast<char>(c | 0x20);
    if (lower < 'a' || lower > 'z') return false;
    not_hex |= lower > 'f';
  }
  return not_hex;
}

}  // namespace

// A node with what is worth computing once.
struct Condition {
  explicit Condition(const Node& from) : node(from) {
    for (const Node& child : from.children) children.push_back(std::make_unique<Condition>(child));
    if (kind() == Node::Kind::contains || kind() == Node::Kind::equals)
      matcher = std::make_unique<Matcher>(from.pattern);
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
        if (child->kind() == Node::Kind::contains && child->on_message()) texts.push_back(child.get());
    } else if (kind() == Node::Kind::contains && on_message()) {
      texts.push_back(this);
    }
    // Whole words are never decided by the words of a template alone: their texts have to be looked at.
    letters = from.pattern.kind == Pattern::Kind::literal && !from.pattern.whole_word &&
              only_letters_one_not_hex(from.pattern.text);
    std::stable_sort(children.begin(), children.end(), [](const auto& a, const auto& b) { return a->cost < b->cost; });
  }

  Node::Kind kind() const { return node.kind; }
  bool on_message() const { return node.field == "message"; }
  bool holds(std::string_view text) const {
    return kind() == Node::Kind::contains ? matcher->found_in(text) : matcher->equals(text);
  }

  const Node& node;
  std::vector<std::unique_ptr<Condition>> children;  // cheapest first
  // Of `and`: the conditions on the text of the message, which are decided together, template by template; of such a
  // condition itself: it.
  std::vector<const Condition*> texts;
  bool letters = false;  // a literal that can't lie in a number or an id: only in words and opaque strings
  std::unique_ptr<Matcher> matcher;
  bool whole_literal = false;
  bool ascii = true;
  uint64_t hash = 0;
  int cost = 0;
};

namespace {

// Whether an equal value may be among the distinct ones of a column, by its filter.
bool filter_admits(const Condition& condition, Block& block, uint32_t column) {
  if (!condition.whole_literal) return true;
  const ColumnInfo& info = block.header().columns[column];
  if (info.type != Type::string || info.coding == Coding::direct) return true;
  // The filter folds only A to Z: other letters that fold to ASCII (the Kelvin sign) need a look.
  if (condition.node.pattern.ignore_case && !(info.ascii && condition.ascii)) return true;
  return filter_may_hold(block.filter(column), condition.hash);
}

// Calls set(row) for each row that has a value i of the column with hit(i).
template <class Hit>
void rows_of_values(Block& block, uint32_t column, Bitmap& out, Hit hit) {
  const ColumnRows& rows = block.column_rows(column);
  if (rows.one_each()) {
    for (size_t row = 0; row < block.rows(); ++row)
      if (hit(row)) out.set(row);
    return;
  }
  for (size_t row = 0; row < block.rows(); ++row)
    for (size_t i = rows.begin(row); i < rows.begin(row + 1); ++i)
      if (hit(i)) {
        out.set(row);
        break;
      }
}

// The distinct strings of a column that hold() says yes to, as rows.
template <class Holds>
void rows_of_strings(Block& block, uint32_t column, Bitmap& out, const TemplateVerdicts* verdicts, Holds holds) {
  TextColumn& texts = block.texts(column);
  std::vector<uint8_t> hits(texts.size());
  bool any = false;
  for (uint32_t code = 0; code < hits.size(); ++code) {
    const Verdict verdict = verdicts ? verdicts->of[texts.ids()[code]] : Verdict::maybe;
    if (verdict == Verdict::no) continue;
    hits[code] = verdict == Verdict::yes || holds(block.distinct_text(column, code));
    any |= hits[code] != 0;
  }
  if (!any) return;
  const std::vector<uint32_t>& codes = block.codes(column);
  rows_of_values(block, column, out, [&](size_t i) { return hits[codes[i]] != 0; });
}

// One condition on the text of messages.
struct TextCheck {
  const Condition* condition;
  const TemplateVerdicts* verdicts;
  bool look;  // false: a `maybe` is a `no` in this block
};

// Messages for which all checks hold; `judged` are their verdicts taken together.
void rows_of_messages(Block& block, uint32_t column, const Bitmap& care, Bitmap& out, const TemplateVerdicts& judged,
                      const std::vector<TextCheck>& checks) {
  TextColumn& texts = block.texts(column);
  const ColumnRows& rows = block.column_rows(column);
  const std::vector<uint32_t>& ids = texts.ids();
  std::string text;
  const auto holds = [&](size_t value) {
    text.clear();
    for (const TextCheck& check : checks)
      if (!check.look && check.verdicts->of[ids[value]] != Verdict::yes) return false;
    for (const TextCheck& check : checks) {
      if (check.verdicts->of[ids[value]] == Verdict::yes) continue;
      if (text.empty()) texts.append_text(text, value);
      if (!check.condition->holds(text)) return false;
    }
    return true;
  };
  care.for_each([&](size_t row) {
    for (size_t i = rows.begin(row); i < rows.begin(row + 1); ++i) {
      const Verdict verdict = judged.of[ids[i]];
      if (verdict == Verdict::yes || (verdict == Verdict::maybe && holds(i))) out.set(row);
    }
  });
}

// Numbers whose text is to be compared: whole literals by value first.
void rows_of_numbers(const Condition& condition, Block& block, uint32_t column, Bitmap& out) {
  const ColumnInfo& info = block.header().columns[column];
  if (info.type == Type::integer && condition.whole_literal) {
    const std::string& literal = condition.node.pattern.text;
    int64_t wanted = 0;
    const auto [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), wanted);
    if (error != std::errc() || end != literal.data() + literal.size() || !condition.holds(std::to_string(wanted)))
      return;
    const uint64_t value = from_signed(wanted);
    if (value < info.min || value > info.max) return;
    const std::vector<uint64_t>& numbers = block.numbers(column);
    rows_of_values(block, column, out, [&](size_t i) { return numbers[i] == value; });
    return;
  }
  std::string text;
  rows_of_values(block, column, out, [&](size_t i) {
    text.clear();
    block.append_value_text(text, column, i);
    return condition.holds(text);
  });
}

void rows_of_compare(const Condition& condition, Block& block, uint32_t column, Bitmap& out) {
  const Node::Op op = condition.node.op;
  const double number = condition.node.number;
  switch (block.header().columns[column].type) {
    case Type::integer: {
      const auto& numbers = block.numbers(column);
      return rows_of_values(block, column, out,
                            [&](size_t i) { return query::compare(to_signed(numbers[i]), op, number); });
    }
    case Type::big_unsigned: {
      const auto& numbers = block.numbers(column);
      return rows_of_values(block, column, out, [&](size_t i) { return query::compare(numbers[i], op, number); });
    }
    case Type::real: {
      const auto& numbers = block.numbers(column);
      return rows_of_values(block, column, out,
                            [&](size_t i) { return query::compare(from_ordered_bits(numbers[i]), op, number); });
    }
    case Type::string:
      return rows_of_strings(block, column, out, nullptr,
                             [&](std::string_view text) { return query::compare(text, op, number); });
    case Type::raw:
      return rows_of_strings(block, column, out, nullptr, [&](std::string_view text) {
        Member member{};
        member.type = Type::raw;
        member.text = text;
        return query::compare(member, op, number);
      });
    default:
      return;
  }
}

// Rows whose event has a leaf of this path; with `only_null` one that is null.
Bitmap rows_with(Block& block, std::string_view path, bool only_null) {
  Bitmap out(block.rows());
  const std::vector<bool> having = block.shapes_with(path, only_null);
  if (std::none_of(having.begin(), having.end(), [](bool b) { return b; })) return out;
  const std::vector<uint32_t>& shapes = block.shapes();
  for (size_t row = 0; row < shapes.size(); ++row)
    if (having[shapes[row]]) out.set(row);
  return out;
}

}  // namespace

BlockQuery::BlockQuery(std::shared_ptr<const Node> node) : node_(std::move(node)) {
  if (node_ && node_->kind != Node::Kind::everything) root_ = std::make_unique<Condition>(*node_);
}

BlockQuery::~BlockQuery() = default;

const TemplateVerdicts& BlockQuery::verdicts(const Condition& condition, Segment& segment) {
  std::lock_guard lock(mutex_);
  return locked_verdicts(condition, segment);
}

const TemplateVerdicts& BlockQuery::locked_verdicts(const Condition& condition, Segment& segment) {
  auto& slot = verdicts_[{&condition, &segment}];
  if (slot) return *slot;
  if (condition.kind() != Node::Kind::and_) {
    slot = std::make_unique<TemplateVerdicts>(
        judge_templates(segment.templates(), *condition.matcher, condition.kind() == Node::Kind::equals));
    return *slot;
  }
  TemplateVerdicts all;
  for (const Condition* text : condition.texts) {
    const TemplateVerdicts& one = locked_verdicts(*text, segment);
    if (all.of.empty()) all.of = one.of;
    for (size_t i = 0; i < all.of.size(); ++i) all.of[i] = std::min(all.of[i], one.of[i]);
  }
  all.any = std::any_of(all.of.begin(), all.of.end(), [](Verdict verdict) { return verdict != Verdict::no; });
  auto& mine = verdicts_[{&condition, &segment}];
  mine = std::make_unique<TemplateVerdicts>(std::move(all));
  return *mine;
}

bool BlockQuery::possible(Segment& segment) { return !root_ || possible(*root_, segment); }

bool BlockQuery::possible(const Condition& condition, Segment& segment) {
  switch (condition.kind()) {
    case Node::Kind::and_:
      if (condition.texts.size() > 1 && !verdicts(condition, segment).any) return false;
      return std::all_of(condition.children.begin(), condition.children.end(),
                         [&](const auto& child) { return possible(*child, segment); });
    case Node::Kind::or_:
      return std::any_of(condition.children.begin(), condition.children.end(),
                         [&](const auto& child) { return possible(*child, segment); });
    case Node::Kind::contains:
    case Node::Kind::equals:
      return !condition.on_message() || verdicts(condition, segment).any;
    case Node::Kind::compare: {
      const auto at = segment.fields().lower_bound({condition.node.field, Type::absent});
      return at != segment.fields().end() && at->first.first == condition.node.field;
    }
    default:
      return true;
  }
}

Bitmap BlockQuery::rows(Block& block, const Bitmap& care) {
  if (!root_) return care;
  return evaluate(*root_, block, care);
}

Bitmap BlockQuery::evaluate_and(const Condition& condition, Block& block, const Bitmap& care) {
  Bitmap left = care;
  bool texts_done = false;
  for (const auto& child : condition.children) {
    const bool text = child->kind() == Node::Kind::contains && child->on_message();
    if (text && texts_done) continue;
    texts_done |= text;
    left &= text ? evaluate_message(condition, block, left) : evaluate(*child, block, left);
    if (left.none()) break;
  }
  return left;
}

// All of `condition.texts`, on the message.
Bitmap BlockQuery::evaluate_message(const Condition& condition, Block& block, const Bitmap& care) {
  Bitmap out(block.rows());
  for (uint32_t column : block.find("message")) {
    if (!block.header().columns[column].is_message) continue;
    const Condition& of_verdicts = condition.texts.size() == 1 ? *condition.texts[0] : condition;
    const TemplateVerdicts& judged = verdicts(of_verdicts, *block.segment());
    if (!judged.any) continue;
    std::vector<TextCheck> checks;
    for (const Condition* text : condition.texts) {
      // Letters that no number and no id holds: where the words do not decide, one search in the opaque strings does.
      const bool look = !text->letters || text->matcher->found_in(block.texts(column).string_bytes());
      checks.push_back({text, &verdicts(*text, *block.segment()), look});
    }
    rows_of_messages(block, column, care, out, judged, checks);
  }
  return out;
}

Bitmap BlockQuery::evaluate(const Condition& condition, Block& block, const Bitmap& care) {
  switch (condition.kind()) {
    case Node::Kind::everything:
      return care;
    case Node::Kind::and_:
      return evaluate_and(condition, block, care);
    case Node::Kind::or_: {
      Bitmap out(block.rows());
      Bitmap left = care;
      for (const auto& child : condition.children) {
        out |= evaluate(*child, block, left);
        left.subtract(out);
        if (left.none()) break;
      }
      return out &= care;
    }
    case Node::Kind::not_: {
      Bitmap out = care;
      return out.subtract(evaluate(*condition.children[0], block, care));
    }
    case Node::Kind::exists:
      return rows_with(block, condition.node.field, false) &= care;
    case Node::Kind::contains:
      if (condition.on_message()) return evaluate_message(condition, block, care);
      [[fallthrough]];
    case Node::Kind::equals:
      return evaluate_texts(condition, block, care) &= care;
    case Node::Kind::compare: {
      Bitmap out(block.rows());
      for (uint32_t column : block.find(condition.node.field)) rows_of_compare(condition, block, column, out);
      return out &= care;
    }
  }
  return Bitmap(block.rows());
}

Bitmap BlockQuery::evaluate_texts(const Condition& condition, Block& block, const Bitmap& care) {
  Bitmap out(block.rows());
  const auto holds = [&](std::string_view text) { return condition.holds(text); };
  for (uint32_t column : block.find(condition.node.field)) {
    const ColumnInfo& info = block.header().columns[column];
    if (info.is_message != condition.on_message()) continue;
    if (info.is_message) {
      rows_of_messages(block, column, care, out, verdicts(condition, *block.segment()),
                       {{&condition, &verdicts(condition, *block.segment()), true}});
    } else if (info.type == Type::string) {
      if (filter_admits(condition, block, column))
        rows_of_strings(block, column, out, &verdicts(condition, *block.segment()), holds);
    } else if (info.type == Type::raw) {
      std::string scratch;
      rows_of_strings(block, column, out, nullptr, [&](std::string_view text) {
        Member member{};
        member.type = Type::raw;
        member.text = text;
        return query::any_text(member, scratch, holds);
      });
    } else {
      rows_of_numbers(condition, block, column, out);
    }
  }
  if (!condition.on_message() && holds("null")) out |= rows_with(block, condition.node.field, true);
  return out;
}

}  // namespace alco::store
