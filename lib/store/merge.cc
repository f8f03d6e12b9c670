#include "lib/store/merge.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/store/block.h"
#include "lib/store/block_rows.h"
#include "lib/store/message_id_set.h"
#include "lib/store/segment_writer.h"

namespace alco::store {
namespace {

struct Tier {
  uint64_t events;  // segments up to this size ...
  size_t segments;  // ... are merged when so many stand side by side
};
constexpr Tier kTiers[] = {{4096, 12}, {32'768, 8}};
constexpr uint64_t kMaxSegmentEvents = 4'000'000;
constexpr unsigned kMaxGeneration = 99;

using Segments = std::vector<std::shared_ptr<Segment>>;

// Rows of `from` go on in `to`; full blocks are written.
class Merger {
 public:
  Merger(const IndexFolder& folder, std::string path, uint64_t first_id, uint64_t oldest_message_id, Effort effort)
      : first_id_(first_id),
        oldest_message_id_(oldest_message_id),
        effort_(effort),
        writer_(folder.disk(), std::move(path)) {}

  void run(const Segments& inputs) {
    constexpr uint64_t kAny = ~uint64_t{0};
    for (const auto& input : inputs) collector_.add_table(*input->templates(), 2, kAny);
    for (const auto& input : inputs) collector_.add_table(*input->templates(), 0, 1);  // if there is room
    collector_.freeze();
    finals_ = collector_.finish();
    for (const auto& input : inputs) block_rows_.learn(*input);
    for (const auto& input : inputs)
      for (size_t i = 0; i < input->blocks().size(); ++i) add_block(input, i);
    flush();
    std::string table;
    collector_.put(table, effort_);
    writer_.finish(table);
  }

  uint64_t bytes() const { return writer_.size(); }

 private:
  void add_block(const std::shared_ptr<Segment>& input, size_t index) {
    Block block(input, index);
    const std::vector<MessageId> message_ids = block.message_ids();
    Event event;
    std::string arena;
    for (size_t row = 0; row < block.rows(); ++row) {
      block.make_event(row, event, arena);
      if (builder_ && !builder_->has_room(event)) flush();
      if (!builder_) builder_ = std::make_unique<BlockBuilder>(collector_, block_rows_.next());
      const uint64_t id = block.id(row);
      std::optional<MessageId> message_id;
      if (!message_ids.empty() && id >= oldest_message_id_ && !(message_ids[row] == MessageId{}))
        message_id = message_ids[row];
      builder_->add(event, id - first_id_, message_id);
    }
  }

  void flush() {
    if (!builder_) return;
    builder_->seal();
    const uint64_t rows = writer_.add_block(*builder_, finals_, effort_).rows;
    block_rows_.learn(rows, writer_.last_block_bytes());
    builder_.reset();
  }

  uint64_t first_id_;
  uint64_t oldest_message_id_;
  Effort effort_;
  TemplateCollector collector_;
  std::vector<FinalTemplate> finals_;
  BlockRows block_rows_;
  std::unique_ptr<BlockBuilder> builder_;
  SegmentWriter writer_;
};

// Throws Corrupt if what was written can't be opened: then its inputs stay.
void check_written(Disk& disk, const std::string& path, uint64_t first_id) {
  Segment segment(disk, path, first_id);
  segment.templates();
  for (size_t i = 0; i < segment.blocks().size(); ++i) get_block_header(ByteReader(segment.block_header(i)));
}

// Replaces segments that stand side by side. Call with the day's merge lock held.
MergeResult merge_run(const IndexFolder& folder, const std::string& day, const std::vector<SegmentName>& names,
                      Effort effort) {
  MergeResult result;
  Segments inputs;
  SegmentName name{names.front().first, names.back().last, 0};
  const std::string day_path = folder.day_path(day);
  for (const SegmentName& input : names) {
    inputs.push_back(std::make_shared<Segment>(folder.disk(), day_path + "/" + input.str(), input.first));
    result.bytes_before += inputs.back()->bytes();
    name.generation = std::max(name.generation, input.generation + 1);
  }
  if (name.generation > kMaxGeneration) return {};
  const uint64_t next = folder.next_id();
  const uint64_t oldest_message_id = next > kMessageIdWindow ? next - kMessageIdWindow : 0;
  const std::string path = day_path + "/merge." + std::to_string(getpid()) + ".tmp";
  try {
    Merger merger(folder, path, name.first, oldest_message_id, effort);
    merger.run(inputs);
    check_written(folder.disk(), path, name.first);
    result.bytes_after = merger.bytes();
  } catch (...) {
    folder.disk().unlink(path);
    throw;
  }
  folder.disk().rename(path, day_path + "/" + name.str());
  folder.disk().sync_folder(day_path);
  result.segments = names.size();
  return result;
}

void add(MergeResult& total, const MergeResult& part) {
  total.segments += part.segments;
  total.bytes_before += part.bytes_before;
  total.bytes_after += part.bytes_after;
}

// Merges a run; damage is reported and leaves the segments as they are.
MergeResult try_merge(const IndexFolder& folder, const std::string& day, const std::vector<SegmentName>& names,
                      Effort effort) {
  try {
    return merge_run(folder, day, names, effort);
  } catch (const Corrupt& damage) {
    const std::string first = folder.day_path(day) + "/" + names.front().str();
    log::warning_limited(first, "%s and what follows it is not merged: %s", first.c_str(), damage.reason);
    return {};
  }
}

uint64_t events_of(const SegmentName& name) { return name.last - name.first + 1; }  // at most

Fd merge_lock(const IndexFolder& folder, const std::string& day, bool wait) {
  const std::string path = folder.day_path(day) + "/merge.lock";
  Fd fd = folder.disk().open(path, O_RDWR | O_CREAT);
  if (!folder.disk().lock(fd.get(), path, wait)) return Fd();
  return fd;
}

}  // namespace

MergeResult merge_small(const IndexFolder& folder, const std::string& day) {
  MergeResult total;
  if (folder.all_segments(day).size() < kTiers[1].segments) return total;
  const Fd lock = merge_lock(folder, day, false);
  if (!lock) return total;
  folder.clean(day);
  for (const Tier& tier : kTiers) {
    std::vector<SegmentName> run;
    uint64_t events = 0;
    const auto flush = [&] {
      if (run.size() >= tier.segments) add(total, try_merge(folder, day, run, Effort::fast));
      run.clear();
      events = 0;
    };
    for (const SegmentName& name : live_segments(folder.all_segments(day))) {
      if (events_of(name) > tier.events) {
        flush();
        continue;
      }
      run.push_back(name);
      if ((events += events_of(name)) > tier.events * 8) flush();
    }
    flush();
  }
  return total;
}

MergeResult merge_day(const IndexFolder& folder, const std::string& day) {
  MergeResult total;
  const Fd lock = merge_lock(folder, day, true);
  folder.clean(day);
  std::vector<SegmentName> run;
  uint64_t events = 0;
  const auto flush = [&] {
    const bool merged_before = run.size() == 1 && run[0].generation > 0;
    if (!run.empty() && !merged_before) add(total, try_merge(folder, day, run, Effort::small));
    run.clear();
    events = 0;
  };
  for (const SegmentName& name : live_segments(folder.all_segments(day))) {
    if (events + events_of(name) > kMaxSegmentEvents) flush();
    run.push_back(name);
    events += events_of(name);
  }
  flush();
  return total;
}

}  // namespace alco::store
