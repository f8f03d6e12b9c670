#include "lib/store/open_block.h"

#include <algorithm>
#include <span>

namespace alco::store {
namespace {

constexpr size_t kPiecesAhead = 3;

}  // namespace

void OpenBlock::begin_pieces() {
  block->load_ids();  // nothing may be unpacked later, while threads look into the block
  json = std::make_unique<BlockJson>(*block);
  started = piece_begin = at;
}

void OpenBlock::need_piece() {
  if (at - piece_begin < piece.ends.size()) return;
  while (pieces.size() < kPiecesAhead && started < rows.size()) {
    const std::span<const uint32_t> left = std::span<const uint32_t>(rows).subspan(started);
    const std::span<const uint32_t> next = left.first(std::min(left.size(), kPieceRows));
    started += next.size();
    const auto how = pieces.empty() && next.size() == left.size() ? std::launch::deferred
                                                                  : std::launch::async | std::launch::deferred;
    pieces.push_back(std::async(how, [this, next] { return json->lines(next); }));
  }
  piece = pieces.front().get();
  pieces.pop_front();
  piece_begin = at;
}

}  // namespace alco::store
