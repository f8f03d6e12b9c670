#include "lib/collect/follow_source.h"

#include <algorithm>

#include "lib/collect/patience.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

constexpr std::chrono::milliseconds kLookWatched{2000};  // inotify tells of most changes at once
constexpr std::chrono::milliseconds kLookBlind{250};
constexpr std::chrono::milliseconds kScanEvery{50};
constexpr std::chrono::milliseconds kSaveEvery{200};
constexpr size_t kBurst = 1000;

}  // namespace

FollowSource::FollowSource(FollowOptions options)
    : options_(std::move(options)), watch_(options_.poll ? make_blind_watch() : make_folder_watch()) {
  if (!options_.state.empty()) {
    offsets_ = std::make_unique<OffsetFile>(real_disk(), options_.state);
    load();
  }
  scan();
}

FollowSource::~FollowSource() = default;

void FollowSource::queue(const Shared& file) {
  if (file->queued) return;
  file->queued = true;
  ready_.push_back(file);
}

void FollowSource::check(const Shared& file) {
  switch (file->reader->check()) {
    case FileReader::Change::none:
      return;
    case FileReader::Change::grown:
      break;
    case FileReader::Change::rewritten:
      log::notice("%s: truncated, read from its beginning", file->saved.path.c_str());
      file->reader->restart();
      break;
  }
  file->grown = Clock::now();
  queue(file);
}

Clock::time_point FollowSource::prepare(std::vector<pollfd>& fds, bool wanted) {
  Clock::time_point at = next_look_;
  if (watch_->fd() >= 0) fds.push_back({watch_->fd(), POLLIN, 0});
  if (wanted && !ready_.empty()) return Clock::now();
  for (const Shared& file : files_)
    if (file->reader->waiting()) at = std::min(at, file->reader->last_line() + kPatience);
  if (unsaved_) at = std::min(at, next_save_);
  if (scan_due_) at = std::min(at, next_scan_);
  return at;
}

void FollowSource::take_changes(Clock::time_point at) {
  std::vector<FolderChange> changes;
  if (!watch_->take(changes)) next_look_ = watch_->fd() >= 0 ? at : next_look_;
  bool moved_too = false;
  for (const FolderChange& change : changes) {
    const auto named = by_path_.find(change.path);
    if (change.name) scan_due_ = true;
    if (named != by_path_.end())
      check(named->second);
    else
      moved_too = true;  // one of them may have this name now
  }
  for (const Shared& file : files_)
    if (moved_too && file->moved) check(file);
}

void FollowSource::work() {
  const auto at = Clock::now();
  take_changes(at);
  const bool look = at >= next_look_;
  if (look || (scan_due_ && at >= next_scan_)) {
    scan();
    next_scan_ = at + kScanEvery;
  }
  if (look) {
    for (const Shared& file : files_) check(file);
    next_look_ = at + (watch_->fd() >= 0 ? kLookWatched : kLookBlind);
  }
  release_held(at);
  close_moved(at);
  if (unsaved_ && at >= next_save_) save();
}

void FollowSource::release_held(Clock::time_point at) {
  for (const Shared& file : files_) {
    if (!file->reader->waiting() || file->queued || at < file->reader->last_line() + kPatience) continue;
    file->reader->release();
    queue(file);
  }
}

void FollowSource::close_moved(Clock::time_point at) {
  std::erase_if(files_, [&](const Shared& file) {
    if (!file->moved || file->queued || file->in_flight > 0 || at < file->grown + options_.keep_moved) return false;
    if (file->reader->finish()) {  // a last line may have no newline and never get one
      queue(file);
      return false;
    }
    file->saved.before = hash_before(file->reader->fd(), file->saved.path, file->saved.offset);
    closed_.push_back({file->saved});
    unsaved_ = true;
    return true;
  });
}

bool FollowSource::next(Record& record) {
  FileReader::Given given;
  while (!stopped_ && !ready_.empty()) {
    const Shared file = ready_.front();
    if (++burst_ > kBurst || !file->reader->next(given)) {
      const bool more = burst_ > kBurst;
      burst_ = 0;
      ready_.pop_front();
      file->queued = false;
      if (more) queue(file);
      continue;
    }
    const FileIdentity& identity = file->reader->identity();
    if (identity.generation != file->saved.identity.generation || identity.first != file->saved.identity.first) {
      const bool anew = identity.generation != file->saved.identity.generation;
      file->saved.identity = identity;
      if (anew) {
        file->saved.offset = 0;
        save();  // or after a crash the new text could be taken for the old
      }
    }
    ++counters_.received;
    ++file->in_flight;
    given_.add(file, given, identity.generation);
    record = std::move(given.record);
    return true;
  }
  return false;
}

void FollowSource::acked(uint64_t count) {
  given_.acknowledge(count, [this](const auto& entry) {
    --entry.file->in_flight;
    if (entry.generation != entry.file->saved.identity.generation) return;
    entry.file->saved.offset = entry.end;
    unsaved_ = true;
  });
}

std::string FollowSource::origin(uint64_t nth) const {
  const auto* entry = given_.at(nth);
  return entry ? file_origin(entry->file->saved.path, entry->begin) : "{}";
}

void FollowSource::save() {
  unsaved_ = false;
  next_save_ = Clock::now() + kSaveEvery;
  if (!offsets_) return;
  std::vector<FileOffset> all;
  for (const Shared& file : files_) {
    all.push_back(file->saved);
    all.back().before = hash_before(file->reader->fd(), file->saved.path, file->saved.offset);
  }
  for (const Closed& closed : closed_) all.push_back(closed.offset);
  offsets_->save(all);
}

void FollowSource::close() {
  if (unsaved_) save();
}

}  // namespace alco
