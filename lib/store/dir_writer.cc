#include "lib/store/dir_writer.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>
#include <utility>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/store/block.h"
#include "lib/store/merge.h"
#include "lib/store/segment_writer.h"

namespace alco::store {
namespace {

constexpr uint64_t kSpareBytes = 1 << 20;  // left free on the disk for the ids, the footer, the rejected file

// Several writers may work in one process.
std::string temporary_name() {
  static std::atomic<unsigned> count{0};
  return "/commit-" + std::to_string(count++) + "." + std::to_string(getpid()) + ".tmp";
}

}  // namespace

DirWriter::DirWriter(Disk& disk, std::string path) : folder_(disk, std::move(path)), temporary_(temporary_name()) {
  disk.make_folder(folder_.path());
  for (const std::string& day : folder_.days()) folder_.clean(day);
  learn_block_rows();
}

DirWriter::~DirWriter() {
  if (merger_.joinable()) merger_.join();
}

// From the last segment that is there, as well as it can be read.
void DirWriter::learn_block_rows() {
  std::optional<SegmentName> newest;
  std::string path;
  for (const DayListing& day : folder_.list())
    for (const SegmentName& segment : day.segments)
      if (!newest || *newest < segment) {
        newest = segment;
        path = folder_.day_path(day.day) + "/" + segment.str();
      }
  if (newest) try {
      block_rows_.learn(Segment(folder_.disk(), path, newest->first));
    } catch (const Corrupt&) {
    } catch (const Error&) {
    }
}

void DirWriter::add(const Event& event, const std::optional<MessageId>& id) {
  if (id) {
    if (!tracks_ids_) {
      tracks_ids_ = true;
      learn_commits_of_others();
    }
    if (!recent_.insert(*id)) {
      ++repeated_;
      return;
    }
    pending_ids_.push_back(*id);
  }
  Day& day = days_[utc_day(event.time)];
  if (day.blocks.empty() || !day.blocks.back()->has_room(event)) {
    if (!day.blocks.empty()) day.blocks.back()->seal();
    day.blocks.push_back(std::make_unique<BlockBuilder>(day.templates, block_rows_.next()));
  }
  day.blocks.back()->add(event, added_++, id);
  ++pending_;
}

uint64_t DirWriter::pending_bytes() const {
  uint64_t bytes = 0;
  for (const auto& [number, day] : days_) {
    bytes += day.templates.memory();
    for (const auto& block : day.blocks) bytes += block->memory();
  }
  return bytes;
}

void DirWriter::check_free_space() const {
  const uint64_t free = folder_.disk().free_space(folder_.path());
  if (free < kSpareBytes + pending_bytes() / 4)
    throw Error(EX_TEMPFAIL, folder_.path() + ": disk is full: " + std::to_string(free >> 10) + " KiB left");
}

DirWriter::Written DirWriter::write_day(int64_t day_number, Day& day) {
  const std::string name = day_name(day_number);
  const std::string path = folder_.day_path(name) + temporary_;
  folder_.make_day(name);
  const std::vector<FinalTemplate> finals = day.templates.finish();
  SegmentWriter writer(folder_.disk(), path);
  Written written{name, path, 0};
  for (auto& block : day.blocks) {
    if (block->rows() == 0) continue;
    const BlockSummary summary = writer.add_block(*block, finals, Effort::fast);
    block_rows_.learn(summary.rows, writer.last_block_bytes());
    written.last = std::max(written.last, summary.max_id);
  }
  std::string table;
  day.templates.put(table, Effort::fast);
  writer.finish(table);
  return written;
}

void DirWriter::learn_block(const std::shared_ptr<Segment>& segment, size_t index) {
  try {
    const std::vector<MessageId> ids = Block(segment, index).message_ids();
    for (const MessageId& id : ids) recent_.insert(id);
  } catch (const Corrupt& damage) {
    const std::string name = segment->path() + " block " + std::to_string(index);
    log::warning_limited(name, "%s: %s: its message ids are not known", name.c_str(), damage.reason);
  }
}

void DirWriter::learn_segment(const std::string& path, uint64_t first_id) {
  try {
    auto segment = std::make_shared<Segment>(folder_.disk(), path, first_id);
    for (size_t i = 0; i < segment->blocks().size(); ++i) learn_block(segment, i);
  } catch (const Corrupt& damage) {
    log::warning_limited(path, "%s: %s: its message ids are not known", path.c_str(), damage.reason);
  } catch (const Error& error) {
    if (error.code() != EX_NOINPUT) throw;  // merged away since it was listed: then its ids are not needed any more
  }
}

// Message ids of the segments from known_next_id_ on; at the first call those of the newest window.
void DirWriter::learn_commits_of_others() {
  const uint64_t next = folder_.next_id();
  std::vector<std::pair<SegmentName, std::string>> segments;
  for (const DayListing& day : folder_.list())
    for (const SegmentName& segment : day.segments)
      if (segment.last >= known_next_id_)
        segments.emplace_back(segment, folder_.day_path(day.day) + "/" + segment.str());
  std::sort(segments.begin(), segments.end());
  const uint64_t oldest = known_next_id_ > 0 || next < kMessageIdWindow ? known_next_id_ : next - kMessageIdWindow;
  for (const auto& [name, path] : segments)
    if (name.last >= oldest) learn_segment(path, name.first);
  known_next_id_ = next;
}

// With the lock held: another writer may have stored, since add(), what is pending here.
bool DirWriter::drop_stored_by_others() {
  if (!tracks_ids_ || folder_.next_id() == known_next_id_) return false;
  MessageIdSet own = std::exchange(recent_, {});
  learn_commits_of_others();
  std::vector<MessageId> stored;
  for (const MessageId& id : pending_ids_)
    if (recent_.contains(id)) stored.push_back(id);
  std::swap(own, recent_);  // `own` now holds what was learned
  own.for_each([&](const MessageId& id) { recent_.insert(id); });
  if (stored.empty()) return false;
  std::sort(stored.begin(), stored.end(),
            [](const MessageId& a, const MessageId& b) { return a.high != b.high ? a.high < b.high : a.low < b.low; });
  for (auto& [number, day] : days_)
    for (auto& block : day.blocks) {
      const uint64_t dropped = block->drop(stored);
      pending_ -= dropped;
      repeated_ += dropped;
    }
  return true;
}

CommitResult DirWriter::commit() {
  if (pending_ == 0) {
    CommitResult result{0, repeated_};
    repeated_ = 0;
    return result;
  }
  check_free_space();
  for (auto& [number, day] : days_) day.blocks.back()->seal();
  std::vector<Written> written;
  const auto write_all = [&] {
    for (const Written& old : written) folder_.disk().unlink(old.path);
    written.clear();
    try {
      for (auto& [number, day] : days_) {
        const bool any = std::any_of(day.blocks.begin(), day.blocks.end(), [](auto& b) { return b->rows() > 0; });
        if (any) written.push_back(write_day(number, day));
      }
    } catch (const Error& error) {
      if (error.errnum() != ENOSPC && error.errnum() != EDQUOT) throw;
      for (const auto& [number, day] : days_) folder_.disk().unlink(folder_.day_path(day_name(number)) + temporary_);
      throw Error(EX_TEMPFAIL, error.what());
    }
  };
  bool removed = false;  // a day, under the hands: alco-rotate does that with the lock held
  try {
    write_all();
  } catch (const Error& error) {
    if (error.errnum() != ENOENT) throw;
    removed = true;
  }
  {
    const Fd lock = folder_.lock();
    removed = removed || std::any_of(written.begin(), written.end(), [this](const Written& segment) {
                return !folder_.disk().open_if_exists(segment.path, O_RDONLY);
              });
    if (drop_stored_by_others() || removed) write_all();
    const uint64_t first = folder_.take_ids(added_);
    for (const Written& segment : written)
      folder_.disk().rename(segment.path,
                            folder_.day_path(segment.day) + "/" + SegmentName{first, first + segment.last, 0}.str());
    known_next_id_ = first + added_;
  }
  for (const Written& segment : written) try {
      folder_.disk().sync_folder(folder_.day_path(segment.day));
    } catch (const Error& error) {
      if (error.errnum() != ENOENT) throw;  // else it was removed already
    }
  folder_.disk().sync_folder(folder_.path());
  const CommitResult result{pending_, repeated_};
  days_.clear();
  pending_ids_.clear();
  pending_ = added_ = repeated_ = 0;
  ++commits_;
  start_merge();
  return result;
}

void DirWriter::idle() { start_merge(); }

// Small commits are merged beside the work, at most one merge at a time.
void DirWriter::start_merge() {
  if (merging_.load() || commits_ == 0) return;
  if (merger_.joinable()) merger_.join();
  commits_ = 0;
  merging_ = true;
  try {
    merger_ = std::thread([this] {
      try {
        for (const std::string& day : folder_.days()) merge_small(folder_, day);
      } catch (const std::exception& error) {
        log::warning_limited("merge", "merging: %s", error.what());
      }
      merging_ = false;
    });
  } catch (const std::system_error& error) {  // what was committed stays so
    log::warning_limited("merge", "merging: no thread: %s", error.what());
    merging_ = false;
  }
}

}  // namespace alco::store
