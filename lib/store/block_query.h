#pragma once
// A query made ready for segments, and its answer for a block: the set of rows that match.
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "lib/query/query.h"
#include "lib/store/bitmap.h"
#include "lib/store/block.h"
#include "lib/store/condition.h"
#include "lib/store/segment_plan.h"

namespace alco::store {

// Thread-safe. Throws as Matcher does.
class BlockQuery {
 public:
  // null: everything. Once `cancel` (may be null) is true, rows() soon answers that there are none.
  BlockQuery(std::shared_ptr<const query::Node> node, const std::atomic<bool>* cancel);
  ~BlockQuery();

  // What it means for a segment; kept until forget().
  std::shared_ptr<SegmentPlan> plan(const std::shared_ptr<Segment>& segment);
  void forget(const Segment& segment);

  // Rows among `care` that match. Throws Corrupt.
  Bitmap rows(Block& block, const Bitmap& care);

 private:
  Bitmap evaluate(const Condition& condition, Block& block, const Bitmap& care);
  Bitmap evaluate_and(const Condition& condition, Block& block, const Bitmap& care);
  Bitmap evaluate_message(const std::vector<const Condition*>& conditions, Block& block, const Bitmap& care);
  Bitmap evaluate_texts(const Condition& condition, Block& block);
  bool cancelled() const { return cancel_ && cancel_->load(std::memory_order_relaxed); }

  std::shared_ptr<const query::Node> node_;
  const std::atomic<bool>* cancel_;
  std::unique_ptr<Condition> root_;
  std::mutex mutex_;
  std::map<const Segment*, std::shared_ptr<SegmentPlan>> plans_;
};

}  // namespace alco::store
