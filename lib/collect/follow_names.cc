// Which file is which: the part of FollowSource that finds files, and finds them again under other names.
#include <sysexits.h>

#include <algorithm>

#include "lib/collect/follow_source.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

// After a file got another name, so long its folder is searched for others that were there in between.
constexpr std::chrono::seconds kMovingOn{2};
constexpr unsigned kMissedScans = 3;  // then a file is taken for gone

}  // namespace

void FollowSource::load() {
  for (FileOffset& offset : offsets_->load()) {
    if (!has_its_name(offset)) note_moved(offset);  // while nobody followed it
    closed_.push_back({std::move(offset)});
  }
}

bool FollowSource::has_its_name(const FileOffset& offset) try {
  FileStatus status;
  return file_status(offset.path, status) && status.identity.same_file(offset.identity);
} catch (const Error&) {
  return true;  // nobody can tell just now
}

void FollowSource::note_moved(const FileOffset& offset) { moved_.push_back({offset, Clock::now() + kMovingOn}); }

// The regular files of a folder that are not compressed, oldest first.
const FollowSource::Folder& FollowSource::look_into(const std::string& folder) {
  const auto [found, is_new] = looked_into_.try_emplace(folder);
  if (!is_new) return found->second;
  try {
    for (const std::string& name : real_disk().list(folder)) {
      const std::string path = folder + "/" + name;
      FileStatus status;
      if (!looks_compressed(name) && file_status(path, status) && status.regular)
        found->second.emplace_back(path, status);
    }
  } catch (const Error& error) {
    log::warning_limited(folder, "%s", error.what());
  }
  std::sort(found->second.begin(), found->second.end(),
            [](const auto& a, const auto& b) { return a.second.identity.born < b.second.identity.born; });
  return found->second;
}

void FollowSource::scan() {
  scan_due_ = false;
  looked_into_.clear();
  const NamedFiles found = find_files(options_.arguments, Rotated::leave_out);
  for (const std::string& folder : found.folders) watch_->add(folder);
  for (const std::string& path : found.missing)
    if (waited_for_.insert(path).second) log::notice("%s: not there yet, waiting for it", path.c_str());
  for (const Shared& file : files_) {
    if (file->moved || has_its_name(file->saved)) continue;
    file->moved = true;
    by_path_.erase(file->saved.path);
    queue(file);
    note_moved(file->saved);
  }
  for (const NamedFile& file : found.files) find(file);
  reopen_closed();
  for (const Moved& before : moved_) adopt_between(before.offset);
  std::erase_if(moved_, [](const Moved& before) { return Clock::now() >= before.until; });
  // Names may change while they are looked at: look again soon.
  if (!moved_.empty()) scan_due_ = true;
}

// A file with one of the names that are meant: is it new, known, or known under another name?
void FollowSource::find(const NamedFile& file) {
  FileStatus status;
  try {
    if (by_path_.contains(file.path) || !file_status(file.path, status)) return;
  } catch (const Error& error) {
    if (left_out_.insert(file.path).second) log::warning("%s", error.what());
    return;
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
  if (const Shared opened = open(file.path, file.path, file.by_name)) by_path_[file.path] = opened;
}

// What was not read of a file that has another name now, or is written to again, must not be lost.
void FollowSource::reopen_closed() {
  std::vector<std::pair<FileOffset, std::string>> grown;
  std::erase_if(closed_, [&](Closed& closed) {
    const FileOffset& offset = closed.offset;
    if (has_its_name(offset)) return false;  // find() takes it up, if it is meant
    const Folder& folder = look_into(folder_of(offset.path));
    const auto now_there = std::find_if(folder.begin(), folder.end(), [&](const auto& file) {
      return file.second.identity.same_file(offset.identity);
    });
    if (now_there == folder.end()) return !folder.empty() && ++closed.missed >= kMissedScans;
    closed.missed = 0;
    if (now_there->second.size > offset.offset) grown.emplace_back(offset, now_there->first);
    return false;
  });
  for (const auto& [offset, path] : grown) open_moved(offset.path, path);
}

void FollowSource::open_moved(const std::string& name, const std::string& path) {
  if (const Shared opened = open(name, path, /*by_name=*/true)) opened->moved = true;
}

// A file took the place of `before`. Others may have been there in between, and have been rotated away unseen: they
// are younger than it. (Where a file system does not tell the age of a file, they can't be told from older ones.)
void FollowSource::adopt_between(const FileOffset& before) {
  if (before.identity.born == 0) return;
  const Folder& between = look_into(folder_of(before.path));
  for (const auto& [path, status] : between) {
    if (path == before.path || !path.starts_with(before.path) || !looks_rotated(path)) continue;
    if (status.identity.born <= before.identity.born || is_known(status.identity)) continue;
    open_moved(before.path, path);
  }
}

bool FollowSource::is_known(const FileIdentity& identity) const {
  const auto same = [&](const FileOffset& offset) { return offset.identity.same_file(identity); };
  return std::any_of(files_.begin(), files_.end(), [&](const Shared& file) { return same(file->saved); }) ||
         std::any_of(closed_.begin(), closed_.end(), [&](const Closed& closed) { return same(closed.offset); });
}

// Opens what is at `path` as the file called `name`; nullptr if it is not to be followed, or is followed already.
FollowSource::Shared FollowSource::open(const std::string& name, const std::string& path, bool by_name) try {
  Fd fd = open_input(path);
  const FileStatus status = file_status(fd.get(), path);
  const bool binary = status.regular && !by_name && looks_binary(fd.get());
  if (!status.regular || binary) {
    const char* why = binary ? "binary, left out" : "not a regular file, not followed";
    if (left_out_.insert(path).second) log::notice("%s: %s", path.c_str(), why);
    return nullptr;
  }
  for (const Shared& known : files_)
    if (known->saved.identity.same_file(status.identity)) return nullptr;
  auto file = std::make_shared<Followed>();
  file->reader = std::make_unique<FileReader>(std::move(fd), name, status, FileReader::AtEnd::wait, options_.reader);
  file->saved.path = name;
  file->saved.identity = file->reader->identity();
  const auto closed = std::find_if(closed_.begin(), closed_.end(),
                                   [&](const Closed& one) { return one.offset.identity.same_file(status.identity); });
  if (closed != closed_.end()) {
    resume(*file, closed->offset);
    closed_.erase(closed);
  }
  files_.push_back(file);
  unsaved_ = true;
  queue(file);
  return file;
} catch (const Error& error) {
  if (error.code() != EX_NOINPUT && left_out_.insert(path).second) log::warning("%s", error.what());
  return nullptr;  // not there any more: it will be found under its new name
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

}  // namespace alco
