#pragma once
// The blocks of a snapshot that a request has to look into.
#include <map>
#include <memory>
#include <mutex>
#include <set>

#include "lib/store/block_query.h"
#include "lib/store/snapshot.h"
#include "lib/store/store.h"

namespace alco::store {

struct BlockRef {
  std::shared_ptr<Segment> segment;
  size_t index = 0;

  const BlockSummary& summary() const { return segment->blocks()[index].summary; }
  uint64_t min_id() const { return segment->first_id() + summary().min_id; }
  uint64_t max_id() const { return segment->first_id() + summary().max_id; }
};

// The blocks of a snapshot that lie in the time range of a request, and what the query makes of them.
class BlockSource {
 public:
  BlockSource(const Snapshot& snapshot, const ScanRequest& request);  // throws as BlockQuery does

  // Those that lie in the range, in part at least, and how many blocks they have.
  const std::vector<std::shared_ptr<Segment>>& segments() const { return segments_; }
  uint64_t all_blocks() const { return all_blocks_; }
  // Those of one of these segments that lie in the range. To be called once for each segment.
  std::vector<BlockRef> blocks(const std::shared_ptr<Segment>& segment);

  BlockQuery& query() { return query_; }

  // False if no event of the block can match; asks only the segment. To be called once for each block. Thread-safe.
  bool possible(const BlockRef& ref);
  // To be called once for each block that was possible, when its rows are known: what the query means for a segment is
  // forgotten with its last block. Thread-safe.
  void done(const BlockRef& ref) { done(*ref.segment, 1); }
  void done(const Segment& segment, size_t blocks);

  // Finds out what the query means for a segment, so that possible() is quick. Thread-safe.
  void plan(const std::shared_ptr<Segment>& segment);

  // Segments, and blocks that were skipped; what is damaged.
  const ScanStats& stats() const { return stats_; }

 private:
  bool in_range(const BlockSummary& summary) const;

  BlockQuery query_;
  Nanoseconds since_, until_;
  std::vector<std::shared_ptr<Segment>> segments_;
  uint64_t all_blocks_ = 0;
  std::mutex mutex_;
  std::map<const Segment*, size_t> left_;  // blocks that are not done
  std::set<const Segment*> seen_;
  ScanStats stats_;
};

// Rows of the block in the request's time range.
Bitmap rows_in_range(Block& block, Nanoseconds since, Nanoseconds until);

}  // namespace alco::store
