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

void FollowSource::load() {
  for (FileOffset& offset : offsets_->load()) {
    FileStatus status;
    if (file_status(offset.path, status) && status.identity.same_file(offset.identity))
      dormant_.push_back(std::move(offset));
    else if (find_moved(offset))  // while nobody followed it
      open_moved(offset);
  }
}

// Sets offset.path to the name that the file has now in its folder. False if it is gone.
bool FollowSource::find_moved(FileOffset& offset) const {
  const std::string folder = folder_of(offset.path);
  for (const std::string& name : real_disk().list(folder)) {
    const std::string path = folder + "/" + name;
    FileStatus status;
    if (looks_compressed(path) || !file_status(path, status) || !status.regular) continue;
    if (!status.identity.same_file(offset.identity)) continue;
    offset.path = path;
    return true;
  }
  return false;
}

// What was not read of a file that has another name now must not be lost.
void FollowSource::open_moved(const FileOffset& offset) {
  FileStatus status;
  if (!file_status(offset.path, status) || !status.identity.same_file(offset.identity)) return;
  if (status.size <= offset.offset) {
    retired_.push_back(offset);
    return;
  }
  dormant_.push_back(offset);
  open(offset.path, status, /*by_name=*/true);
  const auto opened = by_path_.find(offset.path);
  if (opened == by_path_.end()) return;
  opened->second->moved = true;
  by_path_.erase(opened);
}

void FollowSource::scan() {
  scan_due_ = false;
  const NamedFiles found = find_files(options_.arguments, Rotated::leave_out);
  for (const std::string& folder : found.folders) watch_->add(folder);
  for (const std::string& path : found.missing)
    if (waited_for_.insert(path).second) log::notice("%s: not there yet, waiting for it", path.c_str());
  for (const NamedFile& file : found.files) find(file);
  for (const Shared& file : files_) {
    FileStatus status;
    const auto named = by_path_.find(file->saved.path);
    if (named == by_path_.end() || named->second != file) continue;
    if (file_status(file->saved.path, status) && status.identity.same_file(file->saved.identity)) continue;
    file->moved = true;
    by_path_.erase(named);
    queue(file);
  }
  std::vector<FileOffset> retired;
  retired.swap(retired_);
  for (const FileOffset& offset : retired) open_moved(offset);  // those that were written to again
}

// A file with one of the names that are meant: is it new, known, or known under another name?
void FollowSource::find(const NamedFile& file) {
  try {
    FileStatus status;
    if (!file_status(file.path, status)) return;
    const auto named = by_path_.find(file.path);
    if (named != by_path_.end()) {
      if (named->second->saved.identity.same_file(status.identity)) return;
      named->second->moved = true;
      queue(named->second);
      by_path_.erase(named);
    }
    for (const Shared& known : files_) {
      if (!known->saved.identity.same_file(status.identity)) continue;
      if (known->moved) {  // renamed to a name that is meant as well
        known->moved = false;
        known->saved.path = file.path;
        by_path_[file.path] = known;
        unsaved_ = true;
      }
      return;
    }
    open(file.path, status, file.by_name);
  } catch (const Error& error) {
    if (left_out_.insert(file.path).second) log::warning("%s", error.what());
  }
}

void FollowSource::open(const std::string& path, const FileStatus& status, bool by_name) {
  if (!status.regular) {
    if (left_out_.insert(path).second) log::warning("%s: not a regular file, not followed", path.c_str());
    return;
  }
  Fd fd = open_input(path);
  if (!by_name && looks_binary(fd.get())) {
    if (left_out_.insert(path).second) log::notice("%s: binary, left out", path.c_str());
    return;
  }
  auto file = std::make_shared<Followed>();
  const FileStatus opened = file_status(fd.get(), path);
  file->reader = std::make_unique<FileReader>(std::move(fd), path, opened, FileReader::AtEnd::wait, options_.reader);
  file->saved.path = path;
  file->saved.identity = file->reader->identity();
  for (std::vector<FileOffset>* known : {&dormant_, &retired_}) {
    const auto offset = std::find_if(known->begin(), known->end(),
                                     [&](const FileOffset& one) { return one.identity.same_file(opened.identity); });
    if (offset == known->end()) continue;
    resume(*file, *offset);
    known->erase(offset);
    break;
  }
  files_.push_back(file);
  by_path_[path] = file;
  unsaved_ = true;
  queue(file);
}

// The offset holds only if what is before it is what was stored.
void FollowSource::resume(Followed& file, const FileOffset& offset) {
  FileReader& reader = *file.reader;
  const std::string& path = file.saved.path;
  const bool same_first = offset.identity.first.empty() || offset.identity.first == file.saved.identity.first;
  const bool same_before = offset.before.empty() || hash_before(reader.fd(), path, offset.offset) == offset.before;
  FileIdentity identity = offset.identity;
  if (same_first && same_before && file_status(reader.fd(), path).size >= offset.offset) {
    file.saved.offset = offset.offset;
    if (identity.first.empty()) identity.first = file.saved.identity.first;
    reader.seek(offset.offset);
  } else {
    ++identity.generation;
    identity.first = file.saved.identity.first;
  }
  file.saved.identity = identity;
  reader.set_identity(identity);
}

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
    if (find_moved(file->saved)) retired_.push_back(file->saved);
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
  all.insert(all.end(), dormant_.begin(), dormant_.end());
  all.insert(all.end(), retired_.begin(), retired_.end());
  offsets_->save(all);
}

void FollowSource::close() {
  if (unsaved_) save();
}

}  // namespace alco
