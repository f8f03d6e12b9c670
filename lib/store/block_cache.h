#pragma once
// Blocks that a scan has done with, for the next one that looks into them: what they unpacked is not unpacked again.
// Few and small ones, those put in last. Thread-safe.
#include <list>
#include <memory>
#include <mutex>

#include "lib/store/block.h"

namespace alco::store {

class BlockCache {
 public:
  std::unique_ptr<Block> take(const Segment& segment, size_t index);  // null if it is not here
  void put(std::unique_ptr<Block> block);                             // not one in which damage was found

 private:
  std::mutex mutex_;
  std::list<std::unique_ptr<Block>> idle_;  // the one put in last in front
};

}  // namespace alco::store
