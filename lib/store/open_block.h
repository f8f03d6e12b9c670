#pragma once
// A block that a scan is in, with its matching rows in order and what was written of them ahead.
#include <deque>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lib/store/block_cache.h"
#include "lib/store/block_json.h"
#include "lib/store/store.h"

namespace alco::store {

// What is written of a hit.
struct HitText {
  Position at;
  bool has_message = false;
  std::string message, json;
  std::vector<std::pair<Type, std::string>> columns;
};

inline constexpr size_t kPieceRows = 4096;  // two milliseconds

struct OpenBlock {
  std::unique_ptr<Block> block;  // null once nothing more is needed of it
  std::shared_ptr<BlockCache> idle;
  bool intact = true;
  uint64_t events = 0, bytes_read = 0;
  std::vector<uint32_t> rows;
  size_t at = 0;
  std::string damage;
  std::vector<FieldColumns> fields;  // of the columns asked for, once one was
  std::vector<HitText> made;         // of the first rows, if the thread that prepared the block wrote them

  // When there is much JSON to write threads do, a piece each; `at` is in the first one.
  std::unique_ptr<BlockJson> json;
  size_t started = 0;  // rows that are in a piece
  size_t piece_begin = 0;
  JsonLines piece;
  std::deque<std::future<JsonLines>> pieces;  // the following ones

  OpenBlock() = default;
  OpenBlock(const OpenBlock&) = delete;
  OpenBlock& operator=(const OpenBlock&) = delete;
  ~OpenBlock() { give_back(); }

  void begin_pieces();
  void need_piece();  // has `piece` hold the row at `at`

  // Leaves the block to the next scan. With `json` it has unpacked more than it is worth to keep.
  void give_back() {
    if (block && idle && intact && !json) idle->put(std::move(block));
  }
};

}  // namespace alco::store
