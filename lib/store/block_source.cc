#include "lib/store/block_source.h"

#include "lib/error.h"

namespace alco::store {

BlockSource::BlockSource(const Snapshot& snapshot, const ScanRequest& request)
    : query_(request.query, request.cancel), since_(request.since), until_(request.until) {
  stats_.incomplete = snapshot.damaged;
  for (const auto& segment : snapshot.segments) {
    if (in_range(segment->total())) {
      segments_.push_back(segment);
      all_blocks_ += segment->blocks().size();
    } else {
      ++stats_.segments_skipped;
      stats_.blocks_skipped += segment->blocks().size();
    }
  }
}

bool BlockSource::in_range(const BlockSummary& summary) const {
  return summary.rows > 0 && summary.max_time >= since_ && (until_ == kMaxTime || summary.min_time < until_);
}

std::vector<BlockRef> BlockSource::blocks(const std::shared_ptr<Segment>& segment) {
  std::vector<BlockRef> blocks;
  const size_t all = segment->blocks().size();
  for (size_t i = 0; i < all; ++i)
    if (in_range(segment->blocks()[i].summary)) blocks.push_back({segment, i});
  std::lock_guard lock(mutex_);
  stats_.blocks_skipped += all - blocks.size();
  left_[segment.get()] = blocks.size();
  return blocks;
}

void BlockSource::plan(const std::shared_ptr<Segment>& segment) {
  try {
    query_.plan(segment)->blocks();
  } catch (const Corrupt&) {  // possible() will say so
  } catch (const Error&) {
  }
}

bool BlockSource::possible(const BlockRef& ref) {
  const auto plan = query_.plan(ref.segment);
  const Bitmap* blocks = nullptr;
  std::string damage;
  try {
    blocks = &plan->blocks();
  } catch (const Corrupt& corrupt) {
    damage = ref.segment->path() + ": " + corrupt.reason;
  } catch (const Error& error) {
    damage = error.what();
  }
  const bool possible = blocks && blocks->test(ref.index);
  const bool any = blocks && !blocks->none();
  if (!possible) done(ref);
  std::lock_guard lock(mutex_);
  if (seen_.insert(ref.segment.get()).second) {
    ++(any ? stats_.segments : stats_.segments_skipped);
    if (!damage.empty()) stats_.incomplete.push_back(damage);
  }
  if (!possible) ++stats_.blocks_skipped;
  return possible;
}

void BlockSource::done(const Segment& segment, size_t blocks) {
  std::lock_guard lock(mutex_);
  if ((left_[&segment] -= blocks) == 0) query_.forget(segment);
}

Bitmap rows_in_range(Block& block, Nanoseconds since, Nanoseconds until) {
  const BlockSummary& summary = block.info().summary;
  if (since <= summary.min_time && (until == kMaxTime || summary.max_time < until)) return Bitmap(block.rows(), true);
  Bitmap rows(block.rows());
  const std::vector<int64_t>& times = block.times();
  for (size_t row = 0; row < times.size(); ++row)
    if (since <= times[row] && (until == kMaxTime || times[row] < until)) rows.set(row);
  return rows;
}

}  // namespace alco::store
