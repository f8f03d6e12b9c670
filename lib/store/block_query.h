#pragma once
// A query made ready for segments, and its answer for a block: the set of rows that match.
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "lib/query/matcher.h"
#include "lib/query/query.h"
#include "lib/store/bitmap.h"
#include "lib/store/block.h"
#include "lib/store/template_match.h"

namespace alco::store {

struct Condition;

// Thread-safe. Throws as Matcher does.
class BlockQuery {
 public:
  explicit BlockQuery(std::shared_ptr<const query::Node> node);  // null: everything
  ~BlockQuery();

  bool matches_all() const { return !root_; }

  // False only if no event of the segment can match. Throws Corrupt.
  bool possible(Segment& segment);

  // Rows among `care` that match. Throws Corrupt.
  Bitmap rows(Block& block, const Bitmap& care);

 private:
  bool possible(const Condition& condition, Segment& segment);
  Bitmap evaluate(const Condition& condition, Block& block, const Bitmap& care);
  Bitmap evaluate_and(const Condition& condition, Block& block, const Bitmap& care);
  Bitmap evaluate_message(const Condition& condition, Block& block, const Bitmap& care);
  Bitmap evaluate_texts(const Condition& condition, Block& block, const Bitmap& care);
  const TemplateVerdicts& verdicts(const Condition& condition, Segment& segment);
  const TemplateVerdicts& locked_verdicts(const Condition& condition, Segment& segment);

  std::shared_ptr<const query::Node> node_;
  std::unique_ptr<Condition> root_;
  std::mutex mutex_;
  std::map<std::pair<const Condition*, const Segment*>, std::unique_ptr<TemplateVerdicts>> verdicts_;
};

}  // namespace alco::store
