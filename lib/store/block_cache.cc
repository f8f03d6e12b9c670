#include "lib/store/block_cache.h"

#include <algorithm>

namespace alco::store {
namespace {

constexpr size_t kMost = 8;
constexpr uint64_t kMostBytes = 512 * 1024;  // of a block in its file

}  // namespace

std::unique_ptr<Block> BlockCache::take(const Segment& segment, size_t index) {
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(idle_.begin(), idle_.end(), [&](const auto& block) {
    return block->segment().get() == &segment && block->index() == index;
  });
  if (found == idle_.end()) return nullptr;
  std::unique_ptr<Block> block = std::move(*found);
  idle_.erase(found);
  return block;
}

void BlockCache::put(std::unique_ptr<Block> block) {
  if (block->info().size > kMostBytes) return;
  std::unique_ptr<Block> dropped;  // without the lock
  const std::lock_guard lock(mutex_);
  idle_.push_front(std::move(block));
  if (idle_.size() <= kMost) return;
  dropped = std::move(idle_.back());
  idle_.pop_back();
}

}  // namespace alco::store
