#include "lib/store/dir_scan.h"

#include <algorithm>
#include <deque>
#include <future>
#include <queue>
#include <thread>

#include "lib/error.h"
#include "lib/store/block_json.h"

namespace alco::store {
namespace {

// A block with its matching rows in order.
struct OpenBlock {
  std::unique_ptr<Block> block;
  std::vector<uint32_t> rows;
  size_t at = 0;
  std::string damage;
  std::vector<FieldColumns> fields;  // of the columns asked for, once one was

  // When there is much JSON to write threads do, a piece each; `at` is in the first one.
  std::unique_ptr<BlockJson> json;
  size_t started = 0;  // rows that are in a piece
  size_t piece_begin = 0;
  JsonLines piece;
  std::deque<std::future<JsonLines>> pieces;  // the following ones
};

class DirScan : public Scan {
 public:
  DirScan(const Snapshot& snapshot, const ScanRequest& request)
      : request_(request), source_(snapshot, request), mark_(request.after ? request.after->id : 0) {
    segments_ = source_.segments();
    std::sort(segments_.begin(), segments_.end(), [this](const auto& a, const auto& b) { return edge(*b) < edge(*a); });
  }

  bool next(Hit& hit) override {
    if (given_ >= request_.limit) return false;
    while (!cancelled()) {
      while (block_comes_first()) {
        open_next();
        if (cancelled()) return false;
      }
      if (heap_.empty()) return false;
      last_ = heap_.top().open;  // the hit's views live in it
      heap_.pop();
      const bool filled = fill(hit, *last_, last_->rows[last_->at]);
      last_->at = filled ? last_->at + 1 : last_->rows.size();  // a damaged block ends here
      push(last_);
      if (!filled) continue;
      ++given_;
      mark_ = hit.at.id;
      return true;
    }
    return false;
  }

  uint64_t next_lines(std::string_view& lines) override {
    if (given_ >= request_.limit || heap_.empty() || !heap_.top().open->json || cancelled() || block_comes_first())
      return 0;
    const std::shared_ptr<OpenBlock> open = heap_.top().open;
    heap_.pop();
    uint64_t count = 0;
    try {
      count = take_lines(*open, lines);
    } catch (const Corrupt& damage) {
      stats_.incomplete.push_back(open->block->name() + ": " + damage.reason);
      open->at = open->rows.size();
    }
    push(open);
    last_ = open;
    return count;
  }

  uint64_t mark() const override { return mark_; }

  ScanStats stats() const override {
    ScanStats stats = source_.stats();
    stats.blocks = stats_.blocks;
    stats.blocks_skipped += stats_.blocks_skipped;
    stats.events = stats_.events;
    stats.bytes = stats_.bytes;
    stats.incomplete.insert(stats.incomplete.end(), stats_.incomplete.begin(), stats_.incomplete.end());
    stats.progress = progress();
    return stats;
  }

 private:
  // Orders turned into rising pairs: newest first by the complement of time and id.
  using Key = std::pair<uint64_t, uint64_t>;

  static Key key_of(int64_t time, uint64_t id, Order order) {
    const uint64_t rising = static_cast<uint64_t>(time) ^ uint64_t { 1 } << 63;
    switch (order) {
      case Order::oldest_first:
        return {rising, id};
      case Order::newest_first:
        return {~rising, ~id};
      case Order::arrival:
        return {0, id};
    }
    return {};
  }

  // No row of the block comes before this.
  static Key edge(const BlockRef& block, Order order) {
    const BlockSummary& summary = block.summary();
    if (order == Order::newest_first) return key_of(summary.max_time, block.max_id(), order);
    return key_of(summary.min_time, block.min_id(), order);
  }
  static Key far_edge(const BlockRef& block, Order order) {
    const BlockSummary& summary = block.summary();
    if (order == Order::newest_first) return key_of(summary.min_time, block.min_id(), order);
    return key_of(summary.max_time, block.max_id(), order);
  }

  struct Head {
    Key key;
    std::shared_ptr<OpenBlock> open;
    bool operator<(const Head& other) const { return other.key < key; }  // smallest on top
  };

  bool cancelled() const { return request_.cancel && request_.cancel->load(std::memory_order_relaxed); }

  // The key of the segment's nearest row, or one before it.
  Key edge(const Segment& segment) const {
    const BlockSummary& total = segment.total();
    const bool newest = request_.order == Order::newest_first;
    return key_of(newest ? total.max_time : total.min_time, segment.first_id() + (newest ? total.max_id : total.min_id),
                  request_.order);
  }

  // The block that comes next; null at the end. Segments are taken apart when it is their turn.
  const BlockRef* next_block() {
    while (!segments_.empty() && (blocks_.empty() || edge(*segments_.back()) <= edge(blocks_.back(), request_.order))) {
      const std::shared_ptr<Segment> segment = std::move(segments_.back());
      segments_.pop_back();
      std::vector<BlockRef> blocks = source_.blocks(segment);
      drop_blocks_before_cursor(blocks);
      taken_ += segment->blocks().size() - blocks.size();
      const auto later = [order = request_.order](const BlockRef& a, const BlockRef& b) {
        return edge(b, order) < edge(a, order);
      };
      if (request_.order != Order::newest_first) std::reverse(blocks.begin(), blocks.end());
      if (!std::is_sorted(blocks.begin(), blocks.end(), later)) std::sort(blocks.begin(), blocks.end(), later);
      const auto middle = static_cast<ptrdiff_t>(blocks_.size());
      blocks_.insert(blocks_.end(), blocks.begin(), blocks.end());
      std::inplace_merge(blocks_.begin(), blocks_.begin() + middle, blocks_.end(), later);
    }
    return blocks_.empty() ? nullptr : &blocks_.back();
  }

  void drop_blocks_before_cursor(std::vector<BlockRef>& blocks) {
    if (!request_.after) return;
    const Key after = key_of(request_.after->time, request_.after->id, request_.order);
    std::erase_if(blocks, [&](const BlockRef& block) {
      const bool before = far_edge(block, request_.order) <= after;
      if (before) source_.done(block);
      stats_.blocks_skipped += before;
      return before;
    });
  }

  bool only_json() const { return request_.json && !request_.message && request_.columns.empty(); }

  // `first`: of the first block, which may be all that is needed, no JSON is written ahead.
  std::shared_ptr<OpenBlock> prepare(const BlockRef& ref, uint64_t limit, bool first) {
    auto open = std::make_shared<OpenBlock>();
    if (cancelled()) return open;
    try {
      open->block = std::make_unique<Block>(ref.segment, ref.index);
      select_rows(*open, limit);
      if (only_json() && !first && open->rows.size() > kFewRows) {
        begin_pieces(*open);
        open->started = std::min(open->rows.size(), kPieceRows);
        open->piece = open->json->lines({open->rows.data(), open->started});
      }
    } catch (const Corrupt& damage) {
      open->damage = ref.segment->path() + " block " + std::to_string(ref.index) + ": " + damage.reason;
      open->rows.clear();
    } catch (const Error& error) {
      open->damage = error.what();
      open->rows.clear();
    }
    return open;
  }

  void select_rows(OpenBlock& open, uint64_t limit) {
    Block& block = *open.block;
    Bitmap care = rows_in_range(block, request_.since, request_.until);
    if (request_.after) drop_rows_before_cursor(block, care);
    if (care.none()) return;
    block.load_ids();
    const Bitmap rows = source_.query().rows(block, care);
    open.rows.reserve(rows.count());
    rows.for_each([&](size_t row) { open.rows.push_back(static_cast<uint32_t>(row)); });
    if (open.rows.empty()) return;
    const int64_t* times = block.times().data();
    const Order order = request_.order;
    const auto before = [=, &block](uint32_t a, uint32_t b) {
      if (order == Order::arrival || times[a] == times[b])
        return order == Order::newest_first ? block.relative_id(a) > block.relative_id(b)
                                            : block.relative_id(a) < block.relative_id(b);
      return order == Order::newest_first ? times[a] > times[b] : times[a] < times[b];
    };
    if (open.rows.size() / 2 > limit) {
      std::nth_element(open.rows.begin(), open.rows.begin() + static_cast<ptrdiff_t>(limit), open.rows.end(), before);
      open.rows.resize(limit);
    }
    if (request_.order == Order::newest_first) std::reverse(open.rows.begin(), open.rows.end());
    sort_rows(open.rows, before);
  }

  // Rows stand nearly in order: each is not far from its place.
  template <class Before>
  static void sort_rows(std::vector<uint32_t>& rows, Before before) {
    size_t moves = 0;
    for (size_t i = 1; i < rows.size(); ++i) {
      const uint32_t row = rows[i];
      size_t to = i;
      for (; to > 0 && before(row, rows[to - 1]); --to) rows[to] = rows[to - 1];
      rows[to] = row;
      if ((moves += i - to) > rows.size() * 32) return std::sort(rows.begin(), rows.end(), before);
    }
  }

  void drop_rows_before_cursor(Block& block, Bitmap& care) const {
    const Key after = key_of(request_.after->time, request_.after->id, request_.order);
    const BlockRef ref{block.segment(), block.index()};
    if (edge(ref, request_.order) > after) return;
    const int64_t* times = block.times().data();
    care.for_each([&](size_t row) {
      const Key near = key_of(times[row], 0, request_.order);
      if (near.first < after.first || (near.first == after.first && row_key(block, row) <= after)) care.reset(row);
    });
  }

  Key row_key(Block& block, size_t row) const { return key_of(block.times()[row], block.id(row), request_.order); }

  // Fills ahead_ up to `count` blocks that may hold hits.
  void look_ahead(size_t count) {
    while (ahead_.size() < count && next_block() && !cancelled()) {
      const BlockRef ref = std::move(blocks_.back());
      blocks_.pop_back();
      ++taken_;
      if (source_.possible(ref)) ahead_.push_back({ref, {}});
    }
  }

  // Whether the next hit may be in a block that is not open.
  bool block_comes_first() {
    if (ahead_.empty()) {
      const BlockRef* next = next_block();
      if (!next || (!heap_.empty() && edge(*next, request_.order) > heap_.top().key)) return false;
    }
    look_ahead(1);
    return !ahead_.empty() && (heap_.empty() || edge(ahead_.front().ref, request_.order) <= heap_.top().key);
  }

  // Opens the next block. Others are prepared meanwhile, but for the first, which may be all that is needed.
  void open_next() {
    const uint64_t limit = request_.limit - given_;
    Ahead next = std::move(ahead_.front());
    ahead_.pop_front();
    const std::shared_ptr<OpenBlock> open =
        next.open.valid() ? next.open.get() : prepare(next.ref, limit, stats_.blocks == 0);
    source_.done(next.ref);
    if (threads_ > 1 && stats_.blocks > 0) {
      const uint64_t rows = next.ref.summary().rows;
      // More than threads, so that none waits for one that is slower; not for a few hits.
      const size_t spare = std::min<uint64_t>({stats_.blocks / 4, threads_, limit / rows});
      look_ahead(request_.json && rows > kPieceRows ? 1 : threads_ + spare);
      for (Ahead& ahead : ahead_)
        if (!ahead.open.valid())
          ahead.open =
              std::async(std::launch::async, [this, ref = ahead.ref, limit] { return prepare(ref, limit, false); });
    }
    ++stats_.blocks;
    if (request_.progress) request_.progress->store(progress(), std::memory_order_relaxed);
    if (open->block) {
      stats_.events += open->block->rows();
      stats_.bytes += open->block->bytes_read();
    }
    if (!open->damage.empty()) stats_.incomplete.push_back(open->damage);
    push(open);
  }

  double progress() const {
    const uint64_t all = source_.all_blocks();
    return all == 0 ? 1 : static_cast<double>(taken_ - ahead_.size()) / static_cast<double>(all);
  }

  void push(const std::shared_ptr<OpenBlock>& open) {
    if (open->at >= open->rows.size()) return;
    heap_.push({row_key(*open->block, open->rows[open->at]), open});
  }

  bool fill(Hit& hit, OpenBlock& open, uint32_t row) {
    Block& block = *open.block;
    hit.at = {block.times()[row], block.id(row)};
    hit.message.reset();
    hit.json = {};
    hit.columns.clear();
    message_.clear();
    json_.clear();
    try {
      if (request_.message && block.append_message(message_, row)) hit.message = message_;
      if (only_json() && (open.json || (open.at >= kFirstRows && open.rows.size() - open.at > kFewRows))) {
        if (!open.json) begin_pieces(open);
        need_piece(open);
        const size_t line = open.at - open.piece_begin;
        hit.json = open.piece.view(line, line + 1);
        hit.json.remove_suffix(1);
      } else if (request_.json) {
        block.append_json(json_, row);
        hit.json = json_;
      }
      if (!request_.columns.empty()) fill_columns(hit, open, row);
    } catch (const Corrupt& damage) {
      stats_.incomplete.push_back(block.name() + ": " + damage.reason);
      return false;
    } catch (const Error& error) {
      stats_.incomplete.push_back(error.what());
      return false;
    }
    return true;
  }

  static void begin_pieces(OpenBlock& open) {
    open.block->load_ids();  // nothing may be unpacked later, while threads look into the block
    open.json = std::make_unique<BlockJson>(*open.block);
    open.started = open.piece_begin = open.at;
  }

  // Has open.piece hold the row at open.at.
  static void need_piece(OpenBlock& open) {
    if (open.at - open.piece_begin < open.piece.ends.size()) return;
    while (open.pieces.size() < kPiecesAhead && open.started < open.rows.size()) {
      const std::span<const uint32_t> left = std::span(open.rows).subspan(open.started);
      const std::span<const uint32_t> rows = left.first(std::min(left.size(), kPieceRows));
      open.started += rows.size();
      if (open.pieces.empty() && rows.size() == left.size())
        open.pieces.push_back(std::async(std::launch::deferred, [&open, rows] { return open.json->lines(rows); }));
      else
        open.pieces.push_back(std::async(std::launch::async, [&open, rows] { return open.json->lines(rows); }));
    }
    open.piece = open.pieces.front().get();
    open.pieces.pop_front();
    open.piece_begin = open.at;
  }

  // The lines of the piece that come before all of other blocks. The block is not in the heap.
  uint64_t take_lines(OpenBlock& open, std::string_view& lines) {
    need_piece(open);
    std::optional<Key> bound;
    if (!heap_.empty()) bound = heap_.top().key;
    if (const BlockRef* next = ahead_.empty() ? next_block() : &ahead_.front().ref) {
      const Key nearest = edge(*next, request_.order);
      if (!bound || nearest < *bound) bound = nearest;
    }
    const auto begin = open.rows.begin() + static_cast<ptrdiff_t>(open.at);
    auto end = open.rows.begin() + static_cast<ptrdiff_t>(open.piece_begin + open.piece.ends.size());
    if (static_cast<uint64_t>(end - begin) > request_.limit - given_)
      end = begin + static_cast<ptrdiff_t>(request_.limit - given_);
    if (bound) end = std::partition_point(begin, end, [&](uint32_t row) { return row_key(*open.block, row) < *bound; });
    if (begin == end) return 0;
    const auto count = static_cast<size_t>(end - begin);
    const size_t line = open.at - open.piece_begin;
    lines = open.piece.view(line, line + count);
    mark_ = open.block->id(end[-1]);
    open.at += count;
    given_ += count;
    return count;
  }

  void fill_columns(Hit& hit, OpenBlock& open, uint32_t row) {
    Block& block = *open.block;
    column_text_.resize(request_.columns.size());
    if (open.fields.empty())
      for (const std::string& path : request_.columns) open.fields.push_back(block.field(path));
    for (size_t i = 0; i < request_.columns.size(); ++i) {
      FieldValue value;
      std::string& text = column_text_[i];
      text.clear();
      if (block.append_field(text, row, open.fields[i], value.type)) value.text = text;
      hit.columns.push_back(value);
    }
  }

  static constexpr size_t kMostAhead = 4;
  static constexpr size_t kFirstRows = 64;    // of the first block are written one by one
  static constexpr size_t kFewRows = 64;      // for so many the whole block is not unpacked
  static constexpr size_t kPieceRows = 4096;  // two milliseconds
  static constexpr size_t kPiecesAhead = 3;

  const size_t threads_ = std::min<size_t>(std::thread::hardware_concurrency(), kMostAhead);  // to ask takes a file
  ScanRequest request_;
  BlockSource source_;
  ScanStats stats_;                                 // of what was opened
  std::vector<std::shared_ptr<Segment>> segments_;  // not taken apart yet; the nearest last
  std::vector<BlockRef> blocks_;                    // of the others, the nearest last
  size_t taken_ = 0;                                // blocks that were looked at or skipped
  uint64_t given_ = 0;
  uint64_t mark_;
  std::priority_queue<Head> heap_;
  std::shared_ptr<OpenBlock> last_;
  std::string message_, json_;
  std::vector<std::string> column_text_;
  struct Ahead {
    BlockRef ref;
    std::future<std::shared_ptr<OpenBlock>> open;  // if it is being prepared
  };
  std::deque<Ahead> ahead_;  // last: their threads use the members above
};

}  // namespace

BlockSource::BlockSource(const Snapshot& snapshot, const ScanRequest& request)
    : query_(request.query), since_(request.since), until_(request.until) {
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

void BlockSource::done(const BlockRef& ref) {
  std::lock_guard lock(mutex_);
  if (--left_[ref.segment.get()] == 0) query_.forget(*ref.segment);
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

std::unique_ptr<Scan> make_dir_scan(const Snapshot& snapshot, const ScanRequest& request) {
  return std::make_unique<DirScan>(snapshot, request);
}

}  // namespace alco::store
