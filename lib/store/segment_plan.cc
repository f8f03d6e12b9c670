#include "lib/store/segment_plan.h"

#include <algorithm>

namespace alco::store {

using query::Node;

namespace {

bool any(const std::vector<Verdict>& verdicts) {
  return std::any_of(verdicts.begin(), verdicts.end(), [](Verdict verdict) { return verdict != Verdict::no; });
}

size_t selectivity(const Condition& text) {
  size_t longest = 0;
  for (const std::string& literal : text.matcher->required()) longest = std::max(longest, literal.size());
  return longest;
}

}  // namespace

const TemplateVerdicts& SegmentPlan::verdicts(const Condition& condition) {
  std::lock_guard lock(mutex_);
  return locked_verdicts(condition);
}

const TemplateVerdicts& SegmentPlan::locked_verdicts(const Condition& condition, const std::vector<Verdict>* among) {
  auto& slot = verdicts_[&condition];
  if (slot) return *slot;
  const auto table = segment_->templates();
  if (cancel_ && cancel_->load(std::memory_order_relaxed)) {
    slot = std::make_unique<TemplateVerdicts>();
    slot->of.resize(table->size(), Verdict::no);
    slot->in_value.resize(table->size());
    return *slot;
  }
  slot = std::make_unique<TemplateVerdicts>(
      condition.letters && hidden_in(condition).none()
          ? TemplateJudge::of_words(*table, *condition.matcher, among)
          : TemplateJudge::of_all(*table, *condition.matcher, condition.kind() == Node::Kind::equals, among));
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

// Those that are rarest, supposedly, first; each only on the templates that are left by those before.
// False if none is left: then the others are not judged.
bool SegmentPlan::judge_together(const Texts& texts) {
  const auto judged = [&](const Condition* text) { return verdicts_.count(text) > 0; };
  if (texts.size() < 2 || std::all_of(texts.begin(), texts.end(), judged)) return true;
  Texts order = texts;
  std::stable_sort(order.begin(), order.end(),
                   [](const Condition* a, const Condition* b) { return selectivity(*a) > selectivity(*b); });
  std::vector<Verdict> left = locked_verdicts(*order[0]).of;
  for (size_t i = 1; i < order.size(); ++i) {
    const TemplateVerdicts& next = locked_verdicts(*order[i], &left);
    for (size_t id = 0; id < left.size(); ++id) left[id] = std::min(left[id], next.of[id]);
    if (!any(left)) return false;
  }
  return true;
}

std::vector<Verdict> SegmentPlan::locked_together(const Texts& texts, const std::vector<bool>& look) {
  if (!judge_together(texts)) return std::vector<Verdict>(segment_->templates()->size(), Verdict::no);
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

bool SegmentPlan::may_be_hidden(const Condition& text, size_t block) {
  std::lock_guard lock(mutex_);
  return !text.letters || hidden_in(text).test(block / segment_->index().group_blocks());
}

const Bitmap& SegmentPlan::hidden_in(const Condition& text) {
  const auto [at, added] = hidden_.try_emplace(&text, segment_->index().groups());
  if (!added) return at->second;
  const query::Pattern& pattern = text.node.pattern;
  try {
    for (size_t group = 0; group < at->second.rows(); ++group)
      if (segment_->index().may_hide(*segment_, group, pattern.text, pattern.ignore_case)) at->second.set(group);
  } catch (...) {
    hidden_.erase(at);
    throw;
  }
  return at->second;
}

const Bitmap& SegmentPlan::blocks() {
  std::lock_guard lock(mutex_);
  return locked_blocks();
}

const Bitmap& SegmentPlan::locked_blocks() {
  if (blocks_) return *blocks_;
  if (!root_) {
    blocks_.emplace(segment_->blocks().size(), true);
  } else if (!root_->texts.empty() && (root_->is_text() || root_->texts.size() == root_->children.size())) {
    blocks_ = blocks_with_texts(root_->texts, true);
  } else {
    blocks_ = blocks_of(*root_);
  }
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
      if (!condition.texts.empty()) blocks &= blocks_with_texts(condition.texts, false);
      return blocks;
    case Node::Kind::or_: {
      Bitmap any(blocks.rows());
      for (const auto& child : condition.children) any |= blocks_of(*child);
      return any;
    }
    case Node::Kind::contains:
    case Node::Kind::equals:
      if (!condition.on_message()) return blocks_with_field(condition, condition.whole_literal);
      return blocks_with_texts({&condition}, false);
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
  const bool listed = first != fields.end() && first->first.first == field;
  if (!segment_->lists_all_fields()) {
    if (!listed) return blocks;
    literal = false;  // there may be others of this name, of another type
  }
  if (!listed) return Bitmap(blocks.rows());
  const bool others = first->first.second != Type::string ||
                      (std::next(first) != fields.end() && std::next(first)->first.first == field);
  if (!literal || others || !segment_->index().has_strings()) return blocks;
  const bool ignore_case = condition.node.pattern.ignore_case;
  // The hash folds only A to Z: other letters that fold to ASCII (the Kelvin sign) need a look.
  if (ignore_case && !condition.ascii) return blocks;
  segment_->index().keep_blocks_with(*segment_, field, condition.hash, ignore_case, blocks);
  return blocks;
}

// Blocks with messages of which all the texts may be part. `count`: they are the whole query.
Bitmap SegmentPlan::blocks_with_texts(const Texts& texts, bool count) {
  Bitmap blocks(segment_->blocks().size());
  const size_t groups = segment_->index().groups(), group_blocks = segment_->index().group_blocks();
  if (count) counts_.assign(groups, 0);
  const std::vector<bool> everywhere(texts.size(), true);
  std::map<std::vector<bool>, std::vector<Verdict>> together;  // by where to look
  together[everywhere] = locked_together(texts, everywhere);
  if (!any(together[everywhere])) return blocks;
  std::vector<bool> undecided(texts.size());  // by words alone
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::vector<Verdict>& of = locked_verdicts(*texts[i]).of;
    undecided[i] = texts[i]->letters && std::find(of.begin(), of.end(), Verdict::maybe) != of.end();
  }
  std::unique_ptr<GroupTemplates> lists;  // read if one is needed
  for (size_t group = 0; group < groups; ++group) {
    std::vector<bool> look = everywhere;
    const std::vector<Verdict>* verdicts = &together[everywhere];
    for (size_t i = 0; i < texts.size() && any(*verdicts); ++i) {
      if (!undecided[i] || hidden_in(*texts[i]).test(group)) continue;
      look[i] = false;
      auto& slot = together[look];
      if (slot.empty()) slot = locked_together(texts, look);
      verdicts = &slot;
    }
    if (!any(*verdicts)) continue;
    if (!lists && !(lists = segment_->index().templates(*segment_))) {  // of a segment of format 1
      counts_.clear();
      return Bitmap(blocks.rows(), true);
    }
    bool known = true;
    uint64_t matches = 0;
    uint32_t possible = 0;  // blocks of the group
    for (const TemplateCount& in : lists->of(group)) {
      if (in.id >= verdicts->size() || (*verdicts)[in.id] == Verdict::maybe) known = false;
      if (in.id >= verdicts->size() || (*verdicts)[in.id] == Verdict::no) continue;
      possible |= in.blocks;
      if ((*verdicts)[in.id] == Verdict::yes) matches += in.count;
    }
    for (size_t i = 0; i < group_blocks && group * group_blocks + i < blocks.rows(); ++i)
      if (possible >> i & 1) blocks.set(group * group_blocks + i);
    if (count) counts_[group] = known ? std::optional(matches) : std::nullopt;
  }
  return blocks;
}

std::optional<uint64_t> SegmentPlan::count(size_t group) {
  std::lock_guard lock(mutex_);
  locked_blocks();
  return counts_.empty() ? std::nullopt : counts_.at(group);
}

}  // namespace alco::store
