#pragma once
// What a query means for one segment, found from its templates and its index, without a block being read.
#include <algorithm>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "lib/store/bitmap.h"
#include "lib/store/condition.h"
#include "lib/store/segment.h"
#include "lib/store/template_match.h"

namespace alco::store {

// What conditions on texts, all of them, mean for the messages of each template.
class TextVerdicts {
 public:
  // `look` false: where the words do not decide, the text is not there.
  void add(const TemplateVerdicts& verdicts, bool look) { all_.push_back({&verdicts, look}); }

  Verdict of(uint32_t id) const {
    Verdict least = Verdict::yes;
    for (const One& one : all_) {
      const Verdict verdict = one.verdicts->of[id];
      if (verdict == Verdict::no || (verdict == Verdict::maybe && !one.look)) return Verdict::no;
      least = std::min(least, verdict);
    }
    return least;
  }
  const TemplateVerdicts& verdicts(size_t condition) const { return *all_[condition].verdicts; }

 private:
  struct One {
    const TemplateVerdicts* verdicts;
    bool look;
  };
  std::vector<One> all_;
};

// Thread-safe; throws Corrupt.
class SegmentPlan {
 public:
  // `root`: null for everything; must outlive it. Once `cancel` (may be null) is true, it looks no further: what was
  // not judged by then is `no`.
  SegmentPlan(const Condition* root, std::shared_ptr<Segment> segment, const std::atomic<bool>* cancel)
      : root_(root), segment_(std::move(segment)), cancel_(cancel) {}

  // The blocks that may hold a match.
  const Bitmap& blocks();

  // Of a condition on messages. What is decided together with others in an `and` is `no` where one of those is.
  const TemplateVerdicts& verdicts(const Condition& condition);
  // Of a condition on a field, whose texts have few templates.
  TemplateJudge& judge(const Condition& condition);

  // False only if the words of templates alone say whether a message of this block holds the text.
  bool may_be_hidden(const Condition& text, size_t block);

  // How many events of a group of blocks (SegmentIndex) match, if the words of their templates decide it.
  std::optional<uint64_t> count(size_t group);

 private:
  using Texts = std::vector<const Condition*>;

  const Bitmap& locked_blocks();
  const TemplateVerdicts& locked_verdicts(const Condition& condition, const std::vector<Verdict>* among = nullptr);
  Bitmap blocks_of(const Condition& condition);
  Bitmap blocks_with_field(const Condition& condition, bool literal);
  Bitmap blocks_with_texts(const Texts& texts, bool count);
  bool judge_together(const Texts& texts);
  const Bitmap& hidden_in(const Condition& text);
  std::vector<Verdict> locked_together(const Texts& texts, const std::vector<bool>& look);

  const Condition* root_;
  std::shared_ptr<Segment> segment_;
  const std::atomic<bool>* cancel_;
  std::mutex mutex_;
  std::optional<Bitmap> blocks_;
  std::vector<std::optional<uint64_t>> counts_;  // of each group; empty if the query is not of texts alone
  std::map<const Condition*, std::unique_ptr<TemplateVerdicts>> verdicts_;
  std::map<const Condition*, std::unique_ptr<TemplateJudge>> judges_;
  std::map<const Condition*, Bitmap> hidden_;  // groups in which something may hold the text that is no word
};

}  // namespace alco::store
