#include "lib/store/dir_scan.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <queue>
#include <thread>

#include "lib/error.h"
#include "lib/store/block_source.h"
#include "lib/store/open_block.h"
#include "lib/store/workers.h"

namespace alco::store {
namespace {

class DirScan : public Scan {
 public:
  DirScan(const Snapshot& snapshot, const ScanRequest& request, std::shared_ptr<BlockCache> idle)
      : request_(request),
        idle_(std::move(idle)),
        source_(snapshot, request),
        mark_(request.after ? request.after->id : 0) {
    segments_ = source_.segments();
    std::sort(segments_.begin(), segments_.end(), [this](const auto& a, const auto& b) { return edge(*b) < edge(*a); });
  }

  ~DirScan() override { closing_ = true; }

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
      if (last_->at == last_->made.size() && last_->at == last_->rows.size()) last_->give_back();
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
      blocks_.insert(blocks_.end(), std::move_iterator(blocks.begin()), std::move_iterator(blocks.end()));
      std::inplace_merge(blocks_.begin(), blocks_.begin() + middle, blocks_.end(), later);
    }
    return blocks_.empty() ? nullptr : &blocks_.back();
  }

  void drop_blocks_before_cursor(std::vector<BlockRef>& blocks) {
    if (!request_.after) return;
    const Key after = key_of(request_.after->time, request_.after->id, request_.order);
    if (blocks.empty()) return;
    const Segment& segment = *blocks[0].segment;
    const size_t dropped =
        std::erase_if(blocks, [&](const BlockRef& block) { return far_edge(block, request_.order) <= after; });
    source_.done(segment, dropped);
    stats_.blocks_skipped += dropped;
  }

  bool only_json() const { return request_.json && !request_.message && request_.columns.empty(); }

  // What is written ahead of a block's hits: of the first block, which may be all that is needed, nothing; of one of
  // many only what is short.
  enum class Write { nothing, few, all };

  std::shared_ptr<OpenBlock> prepare(const BlockRef& ref, uint64_t limit, Write write) {
    auto open = std::make_shared<OpenBlock>();
    uint64_t bytes_before = 0;  // read of it by other scans
    if (cancelled() || closing_) return open;
    try {
      open->block = idle_->take(*ref.segment, ref.index);
      if (open->block) bytes_before = open->block->bytes_read();
      if (!open->block) open->block = std::make_unique<Block>(ref.segment, ref.index);
      open->idle = idle_;
      select_rows(*open, limit);
      if (write != Write::nothing && open->rows.size() <= kFewRows) make_texts(*open, limit);
      if (only_json() && write == Write::all && open->rows.size() > kFewRows) {
        open->begin_pieces();
        open->started = std::min(open->rows.size(), kPieceRows);
        open->piece = open->json->lines({open->rows.data(), open->started});
      }
    } catch (const Corrupt& damage) {
      open->intact = false;
      open->damage = ref.segment->path() + " block " + std::to_string(ref.index) + ": " + damage.reason;
      open->rows.clear();
    } catch (const Error& error) {
      open->intact = false;
      open->damage = error.what();
      open->rows.clear();
    }
    if (!open->block) return open;
    open->events = open->block->rows();
    open->bytes_read = open->block->bytes_read() - bytes_before;
    // Who asks for no text may look around the hit next.
    const bool written = open->made.size() == open->rows.size() && (request_.message || request_.json);
    if (open->rows.empty() || written) open->block.reset();
    return open;
  }

  // Those of the first rows. What is damaged is found again, and told, when it is its turn.
  void make_texts(OpenBlock& open, uint64_t limit) const {
    size_t bytes = 0;
    try {
      for (size_t i = 0; i < open.rows.size() && i < limit && bytes < kMostMade && !closing_; ++i) {
        HitText text;
        make_text(text, open, open.rows[i]);
        bytes += text.message.size() + text.json.size();
        for (const auto& [type, column] : text.columns) bytes += column.size();
        open.made.push_back(std::move(text));
      }
    } catch (const Corrupt&) {
      open.intact = false;
    } catch (const Error&) {
      open.intact = false;
    }
  }

  void make_text(HitText& text, OpenBlock& open, uint32_t row) const {
    Block& block = *open.block;
    text.at = {block.times()[row], block.id(row)};
    text.message.clear();
    text.json.clear();
    text.has_message = request_.message && block.append_message(text.message, row);
    if (request_.json) block.append_json(text.json, row);
    text.columns.resize(request_.columns.size());
    if (open.fields.empty())
      for (const std::string& path : request_.columns) open.fields.push_back(block.field(path));
    for (size_t i = 0; i < text.columns.size(); ++i) {
      auto& [type, column] = text.columns[i];
      column.clear();
      type = Type::absent;
      if (!block.append_field(column, row, open.fields[i], type)) column.clear();
    }
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
    if (request_.order == Order::newest_first) std::reverse(open.rows.begin(), open.rows.end());
    if (open.rows.size() / 2 > limit) {
      const auto end = open.rows.begin() + static_cast<ptrdiff_t>(limit);
      if (limit <= kFewRows)  // most rows are compared with the last of those only
        std::partial_sort(open.rows.begin(), end, open.rows.end(), before);
      else
        std::nth_element(open.rows.begin(), end, open.rows.end(), before);
      open.rows.resize(limit);
    }
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
        next.open.valid() ? next.open.get()
                          : prepare(next.ref, limit, stats_.blocks == 0 ? Write::nothing : Write::all);
    source_.done(next.ref);
    found_ += open->rows.size();
    if (stats_.blocks > 0) start_ahead(next.ref.summary().rows, limit);
    ++stats_.blocks;
    if (request_.progress) request_.progress->store(progress(), std::memory_order_relaxed);
    stats_.events += open->events;
    stats_.bytes += open->bytes_read;
    if (!open->damage.empty()) stats_.incomplete.push_back(open->damage);
    push(open);
  }

  // Has threads prepare the blocks that come next; `rows` and `limit` are of the one that is opened.
  void start_ahead(size_t rows, uint64_t limit) {
    if (threads_ < 2) return;
    const size_t batch = batch_size();
    // More than threads, so that none waits for one that is slower; not for a few hits.
    const size_t spare = std::min<uint64_t>({stats_.blocks / 4, threads_, limit / rows});
    const size_t most = batch > 1 ? threads_ * batch : request_.json && rows > kPieceRows ? 1 : threads_ + spare;
    const auto begun = [](const Ahead& ahead) { return ahead.open.valid(); };
    auto started = static_cast<size_t>(std::count_if(ahead_.begin(), ahead_.end(), begun));
    while (started + batch <= most) {
      look_ahead(started + batch);
      if (ahead_.size() == started) return;
      const size_t count = std::min(batch, ahead_.size() - started);
      start_batch(started, count, limit);
      started += count;
    }
  }

  // So many blocks a thread prepares one after the other: the more, the longer the scan goes on and finds few hits in
  // each, but not more than the rest of the hits will need.
  size_t batch_size() const {
    const uint64_t of_block = found_ / stats_.blocks + 1;
    if (of_block > kFewRows) return 1;
    const uint64_t needed = (request_.limit - given_) / of_block / threads_;
    return static_cast<size_t>(std::clamp<uint64_t>(std::min(stats_.blocks / 2, needed), 1, kMostInBatch));
  }

  void start_batch(size_t first, size_t count, uint64_t limit) {
    struct One {
      BlockRef ref;
      std::promise<std::shared_ptr<OpenBlock>> open;
    };
    auto all = std::make_shared<std::vector<One>>();
    for (size_t i = first; i < first + count; ++i) {
      all->push_back({ahead_[i].ref, {}});
      ahead_[i].open = all->back().open.get_future();
    }
    const auto run = [this, all, limit] {
      for (One& one : *all) try {
          one.open.set_value(prepare(one.ref, limit, all->size() > 1 ? Write::few : Write::all));
        } catch (...) {
          one.open.set_exception(std::current_exception());
        }
    };
    workers_.run(run);
  }

  double progress() const {
    const uint64_t all = source_.all_blocks();
    return all == 0 ? 1 : static_cast<double>(taken_ - ahead_.size()) / static_cast<double>(all);
  }

  static Position position(OpenBlock& open) {
    if (open.at < open.made.size()) return open.made[open.at].at;
    const uint32_t row = open.rows[open.at];
    return {open.block->times()[row], open.block->id(row)};
  }

  void push(const std::shared_ptr<OpenBlock>& open) {
    if (open->at >= open->rows.size()) return;
    const Position at = position(*open);
    heap_.push({key_of(at.time, at.id, request_.order), open});
  }

  bool fill(Hit& hit, OpenBlock& open, uint32_t row) {
    hit.at = position(open);
    hit.message.reset();
    hit.json = {};
    hit.columns.clear();
    try {
      if (only_json() && (open.json || (open.at >= kFirstRows && open.rows.size() - open.at > kFewRows))) {
        if (!open.json) open.begin_pieces();
        open.need_piece();
        const size_t line = open.at - open.piece_begin;
        hit.json = open.piece.view(line, line + 1);
        hit.json.remove_suffix(1);
        return true;
      }
      const bool made = open.at < open.made.size();
      if (!made) make_text(text_, open, row);
      const HitText& text = made ? open.made[open.at] : text_;
      if (text.has_message) hit.message = text.message;
      hit.json = text.json;
      for (const auto& [type, column] : text.columns) hit.columns.push_back({type, column});
    } catch (const Corrupt& damage) {
      open.intact = false;
      stats_.incomplete.push_back(open.block->name() + ": " + damage.reason);
      return false;
    } catch (const Error& error) {
      open.intact = false;
      stats_.incomplete.push_back(error.what());
      return false;
    }
    return true;
  }

  // The lines of the piece that come before all of other blocks. The block is not in the heap.
  uint64_t take_lines(OpenBlock& open, std::string_view& lines) {
    open.need_piece();
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

  static constexpr size_t kMostAhead = 4;  // threads
  static constexpr size_t kMostInBatch = 16;
  static constexpr size_t kMostMade = 65'536;  // bytes of a block
  static constexpr size_t kFirstRows = 64;     // of the first block are written one by one
  static constexpr size_t kFewRows = 64;       // for so many the whole block is not unpacked

  const size_t threads_ = std::min<size_t>(std::thread::hardware_concurrency(), kMostAhead);  // to ask takes a file
  ScanRequest request_;
  std::shared_ptr<BlockCache> idle_;
  BlockSource source_;
  ScanStats stats_;                                 // of what was opened
  std::vector<std::shared_ptr<Segment>> segments_;  // not taken apart yet; the nearest last
  std::vector<BlockRef> blocks_;                    // of the others, the nearest last
  size_t taken_ = 0;                                // blocks that were looked at or skipped
  uint64_t given_ = 0;
  uint64_t mark_;
  std::priority_queue<Head> heap_;
  std::shared_ptr<OpenBlock> last_;
  HitText text_;
  uint64_t found_ = 0;  // in the blocks that were opened
  std::atomic<bool> closing_{false};
  struct Ahead {
    BlockRef ref;
    std::future<std::shared_ptr<OpenBlock>> open;  // if it is being prepared
  };
  std::deque<Ahead> ahead_;
  Workers workers_{threads_};  // last: they use the members above
};

}  // namespace

std::unique_ptr<Scan> make_dir_scan(const Snapshot& snapshot, const ScanRequest& request,
                                    std::shared_ptr<BlockCache> idle) {
  return std::make_unique<DirScan>(snapshot, request, std::move(idle));
}

}  // namespace alco::store
