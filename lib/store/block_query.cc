#include "lib/store/block_query.h"

#include <algorithm>
#include <charconv>

#include "lib/query/compare.h"
#include "lib/query/field_text.h"
#include "lib/store/filter.h"
#include "lib/store/int_codec.h"

namespace alco::store {

using query::Node;

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
void rows_of_strings(Block& block, uint32_t column, Bitmap& out, TemplateJudge* judge, Holds holds) {
  TextColumn& texts = block.texts(column);
  const std::vector<uint32_t>& ids = texts.ids();
  std::vector<uint8_t> hits(texts.size());
  bool any = false;
  std::string text;
  Verdict verdict = Verdict::maybe;
  for (uint32_t code = 0; code < hits.size(); ++code) {
    if (judge && (code == 0 || ids[code] != ids[code - 1])) verdict = judge->of(ids[code]);
    if (verdict == Verdict::no) continue;
    if (verdict == Verdict::maybe) {
      text.clear();
      texts.append_text(text, code);
      if (!holds(text)) continue;
    }
    hits[code] = any = true;
  }
  if (!any) return;
  const std::vector<uint32_t>& codes = block.codes(column);
  rows_of_values(block, column, out, [&](size_t i) { return hits[codes[i]] != 0; });
}

// Messages for which all texts hold.
void rows_of_messages(Block& block, uint32_t column, const Bitmap& care, Bitmap& out,
                      const std::vector<const Condition*>& conditions, const TextVerdicts& verdicts,
                      const std::atomic<bool>* cancel) {
  TextColumn& texts = block.texts(column);
  const ColumnRows& rows = block.column_rows(column);
  const std::vector<uint32_t>& ids = texts.ids();
  std::string text;
  const std::vector<bool>* in_value = nullptr;  // by template
  std::vector<bool> found;                      // by text
  if (conditions.size() == 1) {
    in_value = &verdicts.verdicts(0).in_value;
    const auto by_value = [&](uint32_t id) { return (*in_value)[id] && verdicts.of(id) == Verdict::maybe; };
    if (std::any_of(ids.begin(), ids.end(), by_value)) {
      ValueSearch search(*conditions[0]->matcher);
      texts.find_values(search, by_value, found);
    }
  }
  const auto holds = [&](size_t value) {
    if (!found.empty() && (*in_value)[ids[value]]) return static_cast<bool>(found[value]);
    if (cancel && cancel->load(std::memory_order_relaxed)) return false;
    text.clear();
    texts.append_text(text, value);
    for (size_t i = 0; i < conditions.size(); ++i)
      if (verdicts.verdicts(i).of[ids[value]] != Verdict::yes && !conditions[i]->holds(text)) return false;
    return true;
  };
  care.for_each([&](size_t row) {
    for (size_t i = rows.begin(row); i < rows.begin(row + 1); ++i) {
      const Verdict verdict = verdicts.of(ids[i]);
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

BlockQuery::BlockQuery(std::shared_ptr<const Node> node, const std::atomic<bool>* cancel)
    : node_(std::move(node)), cancel_(cancel) {
  if (node_ && node_->kind != Node::Kind::everything) root_ = std::make_unique<Condition>(*node_);
}

BlockQuery::~BlockQuery() = default;

std::shared_ptr<SegmentPlan> BlockQuery::plan(const std::shared_ptr<Segment>& segment) {
  std::lock_guard lock(mutex_);
  auto& slot = plans_[segment.get()];
  if (!slot) slot = std::make_shared<SegmentPlan>(root_.get(), segment, cancel_);
  return slot;
}

void BlockQuery::forget(const Segment& segment) {
  std::lock_guard lock(mutex_);
  plans_.erase(&segment);
}

Bitmap BlockQuery::rows(Block& block, const Bitmap& care) {
  if (!root_) return care;
  Bitmap found = evaluate(*root_, block, care);
  return cancelled() ? Bitmap(block.rows()) : found;  // what was found until then may be wrong: `not`
}

Bitmap BlockQuery::evaluate_and(const Condition& condition, Block& block, const Bitmap& care) {
  Bitmap left = care;
  bool texts_done = false;
  for (const auto& child : condition.children) {
    const bool text = child->is_text();
    if (text && texts_done) continue;
    texts_done |= text;
    left &= text ? evaluate_message(condition.texts, block, left) : evaluate(*child, block, left);
    if (left.none()) break;
  }
  return left;
}

// All of `conditions`, on the message.
Bitmap BlockQuery::evaluate_message(const std::vector<const Condition*>& conditions, Block& block, const Bitmap& care) {
  Bitmap out(block.rows());
  const auto segment = plan(block.segment());
  for (uint32_t column : block.find("message")) {
    if (!block.header().columns[column].is_message) continue;
    TextVerdicts verdicts;
    for (const Condition* text : conditions) {
      const TemplateVerdicts& one = segment->verdicts(*text);
      // Letters that no number and no id holds: where the words do not decide, one search in the hidden strings does.
      verdicts.add(one, one.any && segment->may_be_hidden(*text, block.index()) &&
                            (!text->letters || text->matcher->found_in(block.texts(column).string_bytes())));
    }
    rows_of_messages(block, column, care, out, conditions, verdicts, cancel_);
  }
  return out;
}

Bitmap BlockQuery::evaluate(const Condition& condition, Block& block, const Bitmap& care) {
  if (cancelled()) return Bitmap(block.rows());
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
    case Node::Kind::equals:
      if (condition.on_message()) return evaluate_message({&condition}, block, care);
      return evaluate_texts(condition, block) &= care;
    case Node::Kind::compare: {
      Bitmap out(block.rows());
      for (uint32_t column : block.find(condition.node.field)) rows_of_compare(condition, block, column, out);
      return out &= care;
    }
  }
  return Bitmap(block.rows());
}

Bitmap BlockQuery::evaluate_texts(const Condition& condition, Block& block) {
  Bitmap out(block.rows());
  const auto holds = [&](std::string_view text) { return condition.holds(text); };
  for (uint32_t column : block.find(condition.node.field)) {
    const ColumnInfo& info = block.header().columns[column];
    if (info.is_message) continue;
    if (info.type == Type::string) {
      if (filter_admits(condition, block, column))
        rows_of_strings(block, column, out, &plan(block.segment())->judge(condition), holds);
    } else if (info.type == Type::raw) {
      std::string scratch;
      const auto texts = condition.whole_literal ? query::any_whole_text : query::any_text;
      rows_of_strings(block, column, out, nullptr, [&](std::string_view text) {
        Member member{};
        member.type = Type::raw;
        member.text = text;
        return texts(member, scratch, holds);
      });
    } else {
      rows_of_numbers(condition, block, column, out);
    }
  }
  if (holds("null")) out |= rows_with(block, condition.node.field, true);
  return out;
}

}  // namespace alco::store
