#include "lib/store/dir_reader.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <system_error>
#include <thread>

#include "lib/error.h"
#include "lib/query/tally.h"
#include "lib/store/best_values.h"
#include "lib/store/block_source.h"
#include "lib/store/dir_scan.h"
#include "lib/store/value_tally.h"

namespace alco::store {
namespace {

constexpr unsigned kMostThreads = 4;

// Has several threads find out what a query means for segments, those that come next: of one segment only one can.
class PlansAhead {
 public:
  PlansAhead(BlockSource& source, const std::vector<BlockRef>& blocks, size_t threads)
      : source_(source), ahead_(threads) {
    for (const BlockRef& ref : blocks) {
      if (segments_.empty() || segments_.back() != ref.segment) segments_.push_back(ref.segment);
      segment_of_.push_back(segments_.size() - 1);
    }
  }

  // False if those are done, or under way, that are needed soon after the block.
  bool plan_one(size_t block) {
    if (block >= segment_of_.size()) return false;
    size_t next = next_;
    do {
      if (next >= std::min(segments_.size(), segment_of_[block] + ahead_)) return false;
    } while (!next_.compare_exchange_weak(next, next + 1));
    source_.plan(segments_[next]);
    return true;
  }

 private:
  BlockSource& source_;
  const size_t ahead_;
  std::vector<std::shared_ptr<Segment>> segments_;
  std::vector<size_t> segment_of_;  // of each block
  std::atomic<size_t> next_{0};     // of segments_
};

// Tells the source that a block is done, however that ended.
struct Done {
  BlockSource& source;
  const BlockRef& ref;
  ~Done() { source.done(ref); }
};

// Calls work(thread, block, matching rows) for each block that may match, on several threads (below kMostThreads),
// unless skip(ref, query) has done all there is to do, until it returns false. What one of them can't read is noted in
// the stats. Both are called without a lock.
template <class Skip, class Work>
ScanStats over_blocks(const Snapshot& snapshot, const ScanRequest& request, const Skip& skip, const Work& work) {
  BlockSource source(snapshot, request);
  std::vector<BlockRef> blocks;
  for (const auto& segment : source.segments()) {
    const std::vector<BlockRef> of_segment = source.blocks(segment);
    blocks.insert(blocks.end(), of_segment.begin(), of_segment.end());
  }
  const size_t threads = std::min<size_t>({blocks.size(), std::thread::hardware_concurrency(), kMostThreads});
  PlansAhead plans(source, blocks, threads);
  std::array<ScanStats, kMostThreads> stats_of;
  std::atomic<size_t> next{0};
  std::atomic<bool> enough{false};
  const auto work_off = [&](size_t thread) {
    ScanStats& read = stats_of[thread];
    for (size_t i;;) {
      while (plans.plan_one(next))
        ;
      if ((i = next++) >= blocks.size()) return;
      if (enough || (request.cancel && request.cancel->load(std::memory_order_relaxed))) return;
      if (!source.possible(blocks[i])) continue;
      const Done done{source, blocks[i]};
      std::string damage;
      uint64_t events = 0, bytes = 0;
      try {
        if (skip(blocks[i], source.query())) continue;
        Block block(blocks[i].segment, blocks[i].index);
        events = block.rows();
        const Bitmap rows = source.query().rows(block, rows_in_range(block, request.since, request.until));
        if (!rows.none() && !work(thread, block, rows)) enough = true;
        bytes = block.bytes_read();
      } catch (const Corrupt& error) {
        damage = blocks[i].segment->path() + " block " + std::to_string(blocks[i].index) + ": " + error.reason;
      } catch (const Error& error) {
        damage = error.what();
      }
      ++read.blocks;
      if (request.progress) *request.progress = static_cast<double>(i) / static_cast<double>(blocks.size());
      read.events += events;
      read.bytes += bytes;
      if (!damage.empty()) read.incomplete.push_back(damage);
    }
  };
  std::array<std::exception_ptr, kMostThreads> failures;
  const auto run = [&](size_t thread) {
    try {
      work_off(thread);
    } catch (...) {
      failures[thread] = std::current_exception();
      next = blocks.size();
    }
  };
  std::vector<std::jthread> helpers;
  try {
    for (size_t i = 1; i < threads; ++i) helpers.emplace_back(run, i);
  } catch (const std::system_error&) {  // there are no more threads: those that there are do it
  }
  run(0);
  helpers.clear();
  for (const std::exception_ptr& failure : failures)
    if (failure) std::rethrow_exception(failure);
  ScanStats stats = source.stats();
  for (const ScanStats& read : stats_of) {
    stats.blocks += read.blocks;
    stats.events += read.events;
    stats.bytes += read.bytes;
    stats.incomplete.insert(stats.incomplete.end(), read.incomplete.begin(), read.incomplete.end());
  }
  stats.progress = 1;
  return stats;
}

bool read_all(const BlockRef&, BlockQuery&) { return false; }

bool wholly_in_range(const BlockSummary& summary, const ScanRequest& request) {
  return request.since <= summary.min_time && (request.until == kMaxTime || summary.max_time < request.until);
}

}  // namespace

std::unique_ptr<Scan> DirReader::scan(const ScanRequest& request) {
  std::shared_ptr<BlockCache> idle;
  {
    const std::lock_guard lock(mutex_);
    idle = idle_.lock();
    if (!idle) idle_ = idle = std::make_shared<BlockCache>();
  }
  return make_dir_scan(source_.take(), request, std::move(idle));
}

CountResult DirReader::count(const ScanRequest& request) {
  std::atomic<uint64_t> count{0};
  CountResult result;
  // Without a query the footer knows, with one on words often the index, a group at a time.
  const auto skip = [&](const BlockRef& ref, BlockQuery& query) {
    const auto& blocks = ref.segment->blocks();
    if (!request.query) {
      if (!wholly_in_range(ref.summary(), request)) return false;
      count += ref.summary().rows;
      return true;
    }
    const size_t size = ref.segment->index().group_blocks(), group = ref.index / size, first = group * size;
    const size_t end = std::min(blocks.size(), first + size);
    for (size_t i = first; i < end; ++i)
      if (!wholly_in_range(blocks[i].summary, request)) return false;
    const auto plan = query.plan(ref.segment);
    const auto known = plan->count(group);
    if (!known) return false;
    size_t counted = first;  // the first one of the group that is asked about
    while (!plan->blocks().test(counted)) ++counted;
    if (counted == ref.index) count += *known;
    return true;
  };
  result.stats = over_blocks(source_.take(), request, skip, [&](size_t, Block&, const Bitmap& rows) {
    count += rows.count();
    return true;
  });
  result.count = count;
  return result;
}

Histogram DirReader::histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                               const std::string& split_field) {
  Histogram result;
  result.origin = origin;
  result.width = width;
  std::array<BucketCounts, kMostThreads> counts;
  result.stats = over_blocks(source_.take(), request, read_all, [&](size_t thread, Block& block, const Bitmap& rows) {
    counts[thread].add(block, rows, {origin, width, buckets}, split_field);
    return !counts[thread].full();
  });
  if (std::any_of(counts.begin(), counts.end(), [](const BucketCounts& of_thread) { return of_thread.full(); }))
    throw query::too_many_values(split_field);
  for (const BucketCounts& of_thread : counts) of_thread.add_to(result.counts);
  return result;
}

// Values are counted in one pass if they are few. When they take too much memory, the pass goes on with half of them
// (of their hashes), and another one counts the other half.
TopValues DirReader::top(const ScanRequest& request, const std::string& field, size_t limit) {
  constexpr size_t kMostMemory = size_t{8} << 20;  // of the tally of a thread
  constexpr unsigned kMostBits = 32;
  constexpr unsigned kMergeBits = 2;  // tallies are put together a fourth at a time
  TopValues result;
  BestValues best(limit);
  const Snapshot snapshot = source_.take();
  ScanRequest pass = request;
  std::vector<ValueShare> left{{}};
  while (!left.empty() && !(request.cancel && request.cancel->load(std::memory_order_relaxed))) {
    ValueShare share = left.back();
    left.pop_back();
    const bool first = share == ValueShare{};
    std::array<ValueTally, kMostThreads> tallies;
    for (ValueTally& tally : tallies) tally.narrow(share);
    std::atomic<unsigned> bits{share.bits};  // more as memory gets short
    const ScanStats stats = over_blocks(snapshot, pass, read_all, [&](size_t thread, Block& block, const Bitmap& rows) {
      ValueTally& tally = tallies[thread];
      tally.narrow({bits, share.end});
      tally.add(block, field, rows);
      unsigned narrowed = tally.share().bits;
      if (tally.memory() > kMostMemory && narrowed < kMostBits) bits.compare_exchange_strong(narrowed, narrowed + 1);
      return true;
    });
    for (unsigned bit = share.bits; bit < bits; ++bit) left.push_back({bit + 1, share.end | uint64_t{1} << bit});
    for (uint64_t part = 0; part < 1u << kMergeBits; ++part) {
      ValueTally all({bits + kMergeBits, share.end | part << bits});
      for (const ValueTally& tally : tallies) all.add(tally);
      all.each([&](std::string_view value, uint64_t count) {
        ++result.distinct;
        best.add(value, count);
      });
      if (first && part == 0) result.without = all.without();
    }
    if (first) result.stats = stats;
    pass.progress = nullptr;
  }
  result.values = best.take();
  return result;
}

std::optional<Position> DirReader::find_id(uint64_t id, const std::atomic<bool>*) {
  for (const auto& segment : source_.take().segments) {
    for (size_t i = 0; i < segment->blocks().size(); ++i) {
      const BlockRef ref{segment, i};
      if (id < ref.min_id() || id > ref.max_id()) continue;
      try {
        Block block(segment, i);
        for (size_t row = 0; row < block.rows(); ++row)
          if (block.id(row) == id) return Position{block.times()[row], id};
      } catch (const Corrupt& damage) {
        throw Error(EX_IOERR, segment->path() + " block " + std::to_string(i) + ": " + damage.reason);
      }
    }
  }
  return std::nullopt;
}

std::vector<FieldInfo> DirReader::fields() {
  std::map<std::string, FieldInfo> fields;
  for (const auto& segment : source_.take().segments) {
    for (const auto& [field, values] : segment->fields()) {
      FieldInfo& info = fields[field.first];
      info.name = field.first;
      info.events += values;
      if (std::find(info.types.begin(), info.types.end(), field.second) == info.types.end())
        info.types.push_back(field.second);
    }
  }
  std::vector<FieldInfo> result;
  for (auto& [name, info] : fields) result.push_back(std::move(info));
  return result;
}

Summary DirReader::summary(const std::atomic<bool>*) {
  Summary summary;
  const Snapshot snapshot = source_.take();
  bool first = true;
  for (size_t i = 0; i < snapshot.segments.size(); ++i) {
    const Segment& segment = *snapshot.segments[i];
    summary.events += segment.events();
    summary.bytes += segment.bytes();
    if (summary.days.empty() || summary.days.back().first != snapshot.days[i])
      summary.days.emplace_back(snapshot.days[i], 0);
    summary.days.back().second += segment.events();
    for (size_t b = 0; b < segment.blocks().size(); ++b) {
      const BlockSummary& block = segment.blocks()[b].summary;
      const Position oldest{block.min_time, segment.first_id() + block.min_id};
      const Position newest{block.max_time, segment.first_id() + block.max_id};
      if (first || oldest.time < summary.oldest.time) summary.oldest = oldest;
      if (first || newest.time > summary.newest.time) summary.newest = newest;
      summary.newest_id = std::max(summary.newest_id, newest.id);
      first = false;
    }
  }
  return summary;
}

}  // namespace alco::store
