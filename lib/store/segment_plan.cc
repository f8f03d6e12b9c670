#include "lib/store/segment_plan.h"

#include <algorithm>

namespace alco::store {

using query::Node;
using Texts = std::vector<const Condition*>;

namespace {

bool possible(const std::vector<TemplateCount>& templates, const std::vector<Verdict>& verdicts) {
  return std::any_of(templates.begin(), templates.end(), [&](const TemplateCount& in) {
    return in.id < verdicts.size() && verdicts[in.id] != Verdict::no;
  });
}

}  // namespace

const TemplateVerdicts& SegmentPlan::verdicts(const Condition& condition) {
  std::lock_guard lock(mutex_);
  return locked_verdicts(condition);
}

const TemplateVerdicts& SegmentPlan::locked_verdicts(const Condition& condition) {
  auto& slot = verdicts_[&condition];
  if (!slot)
    slot = std::make_unique<TemplateVerdicts>(
        TemplateJudge::of_all(segment_->templates(), *condition.matcher, condition.kind() == Node::Kind::equals));
  return *slot;
}

TemplateJudge& SegmentPlan::judge(const Condition& condition) {
  std::lock_guard lock(mutex_);
  auto& slot = judges_[&condition];
  if (!slot)
    slot = std::make_unique<TemplateJudge>(segment_->templates(), *condition.matcher,
                                           condition.kind() == Node::Kind::equals);
  return *slot;
}

std::vector<Verdict> SegmentPlan::taken_together(const Texts& texts, const std::vector<bool>& look) {
  std::lock_guard lock(mutex_);
  return locked_together(texts, look);
}

std::vector<Verdict> SegmentPlan::locked_together(const Texts& texts, const std::vector<bool>& look) {
  std::vector<Verdict> all;
  for (size_t i = 0; i < texts.size(); ++i) {
    const TemplateVerdicts& one = locked_verdicts(*texts[i]);
    if (all.empty()) all.resize(one.of.size(), Verdict::yes);
    for (size_t id = 0; id < all.size(); ++id) {
      const Verdict verdict = one.of[id] == Verdict::maybe && !look[i] ? Verdict::no : one.of[id];
      all[id] = std::min(all[id], verdict);
    }
  }
  return all;
}

bool SegmentPlan::may_be_hidden(const Condition& text, size_t block) const {
  const query::Pattern& pattern = text.node.pattern;
  return !text.letters || segment_->index().may_hide(*segment_, block, pattern.text, pattern.ignore_case);
}

std::vector<bool> SegmentPlan::looks(const Texts& texts, size_t block) const {
  std::vector<bool> look;
  for (const Condition* text : texts) look.push_back(may_be_hidden(*text, block));
  return look;
}

const Bitmap& SegmentPlan::blocks() {
  std::lock_guard lock(mutex_);
  if (!blocks_) blocks_ = root_ ? blocks_of(*root_) : Bitmap(segment_->blocks().size(), true);
  return *blocks_;
}

Bitmap SegmentPlan::blocks_of(const Condition& condition) {
  Bitmap blocks(segment_->blocks().size(), true);
  switch (condition.kind()) {
    case Node::Kind::and_:
      for (const auto& child : condition.children) {
        if (child->is_text()) continue;
        blocks &= blocks_of(*child);
        if (blocks.none()) return blocks;
      }
      if (!condition.texts.empty()) blocks &= blocks_with_texts(condition.texts);
      return blocks;
    case Node::Kind::or_: {
      Bitmap any(blocks.rows());
      for (const auto& child : condition.children) any |= blocks_of(*child);
      return any;
    }
    case Node::Kind::contains:
    case Node::Kind::equals:
      if (!condition.on_message()) return blocks_with_field(condition, condition.whole_literal);
      return blocks_with_texts({&condition});
    case Node::Kind::compare:
      return blocks_with_field(condition, false);
    default:
      return blocks;
  }
}

// Blocks that may have a value for the condition, for `literal` by the index of strings.
Bitmap SegmentPlan::blocks_with_field(const Condition& condition, bool literal) {
  Bitmap blocks(segment_->blocks().size(), true);
  const std::string& field = condition.node.field;
  // What is null is in no column.
  if (condition.kind() != Node::Kind::compare && condition.holds("null")) return blocks;
  const auto& fields = segment_->fields();
  const auto first = fields.lower_bound({field, Type::absent});
  if (first == fields.end() || first->first.first != field) return Bitmap(blocks.rows());
  const bool others = first->first.second != Type::string ||
                      (std::next(first) != fields.end() && std::next(first)->first.first == field);
  if (!literal || others || !segment_->index().has_strings()) return blocks;
  const bool ignore_case = condition.node.pattern.ignore_case;
  // The hash folds only A to Z: other letters that fold to ASCII (the Kelvin sign) need a look.
  if (ignore_case && !condition.ascii) return blocks;
  segment_->index().keep_blocks_with(*segment_, field, condition.hash, ignore_case, blocks);
  return blocks;
}

// Blocks with messages of which all the texts may be part.
Bitmap SegmentPlan::blocks_with_texts(const Texts& texts) {
  Bitmap blocks(segment_->blocks().size());
  const std::vector<Verdict> anywhere = locked_together(texts, std::vector<bool>(texts.size(), true));
  if (std::none_of(anywhere.begin(), anywhere.end(), [](Verdict verdict) { return verdict != Verdict::no; }))
    return blocks;
  for (size_t block = 0; block < blocks.rows(); ++block) {
    const auto* templates = segment_->index().templates(*segment_, block);
    if (!templates ||
        (possible(*templates, anywhere) && possible(*templates, locked_together(texts, looks(texts, block)))))
      blocks.set(block);
  }
  return blocks;
}

std::optional<uint64_t> SegmentPlan::count(size_t block) {
  if (!root_ || root_->texts.empty()) return std::nullopt;
  if (root_->kind() == Node::Kind::and_ && root_->texts.size() != root_->children.size()) return std::nullopt;
  const auto* templates = segment_->index().templates(*segment_, block);
  if (!templates) return std::nullopt;
  const std::vector<Verdict> verdicts = taken_together(root_->texts, looks(root_->texts, block));
  uint64_t count = 0;
  for (const TemplateCount& in : *templates) {
    if (in.id >= verdicts.size() || verdicts[in.id] == Verdict::maybe) return std::nullopt;
    if (verdicts[in.id] == Verdict::yes) count += in.count;
  }
  return count;
}

}  // namespace alco::store
