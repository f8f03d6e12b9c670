#pragma once
// Hits of a directory store in order, block by block.
#include <memory>

#include "lib/store/block_query.h"
#include "lib/store/snapshot.h"
#include "lib/store/store.h"

namespace alco::store {

// Throws as BlockQuery does.
std::unique_ptr<Scan> make_dir_scan(Snapshot snapshot, const ScanRequest& request);

// Blocks of the snapshot that may hold events of the request's time range; the others are counted in `stats`.
struct BlockRef {
  std::shared_ptr<Segment> segment;
  size_t index = 0;

  const BlockSummary& summary() const { return segment->blocks()[index].summary; }
  uint64_t min_id() const { return segment->first_id() + summary().min_id; }
  uint64_t max_id() const { return segment->first_id() + summary().max_id; }
};
std::vector<BlockRef> select_blocks(const Snapshot& snapshot, const ScanRequest& request, BlockQuery& query,
                                    ScanStats& stats);

// Rows of the block in the request's time range.
Bitmap rows_in_range(Block& block, Nanoseconds since, Nanoseconds until);

}  // namespace alco::store
