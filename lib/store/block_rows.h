#pragma once
// How many events go into a block. Few, since whoever wants one of them unpacks a good part of the block; but many of a
// log that repeats, which packs the better the more it repeats within a block. So a block aims at a number of packed
// bytes, by what events took before.
#include <algorithm>
#include <bit>
#include <cstdint>

#include "lib/store/segment.h"

namespace alco::store {

class BlockRows {
 public:
  static constexpr uint64_t kFewest = 4096, kMost = 32'768;

  size_t next() const { return next_; }

  // Of a block that was packed. One of a few events tells nothing of many.
  void learn(uint64_t rows, uint64_t bytes) {
    if (rows >= kTelling) aim(rows, bytes);
  }

  // Of a segment: of all that were told of. Many small blocks lead to small ones, of which the first then tells more.
  void learn(const Segment& segment) {
    for (const BlockInfo& block : segment.blocks()) {
      rows_ += block.summary.rows;
      bytes_ += block.size;
    }
    aim(rows_, bytes_);
  }

 private:
  static constexpr uint64_t kBytes = 64 << 10;
  static constexpr uint64_t kTelling = 1024;

  void aim(uint64_t rows, uint64_t bytes) {
    if (bytes > 0) next_ = std::bit_floor(std::clamp(rows * kBytes / bytes, kFewest, kMost));
  }

  uint64_t next_ = 16'384;
  uint64_t rows_ = 0, bytes_ = 0;  // of segments
};

}  // namespace alco::store
