#include "lib/store/index_folder.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <ctime>
#include <fstream>

#include "lib/error.h"
#include "lib/store/bytes.h"
#include "lib/timestamp.h"

namespace alco::store {
namespace {

using Clock = std::chrono::steady_clock;

// INDEX/ids: next id, ids reserved on disk, and the boot in which `next` was written. `next` is not synced at each
// commit: after a crash of the machine counting goes on at `reserved`, so that no id is ever used twice.
struct IdFile {
  uint64_t next = 1;
  uint64_t reserved = 0;
  uint64_t boot = 0;
};
constexpr uint64_t kReserve = 1 << 20;
constexpr size_t kIdFileSize = 24;

uint64_t boot_number() {
  std::ifstream in("/proc/sys/kernel/random/boot_id");  // Linux; elsewhere the time of boot
  std::string text;
  if (std::getline(in, text)) {
    uint64_t hash = 14695981039346656037u;  // FNV-1a
    for (char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211u;
    return hash | 1;
  }
  timespec up, wall;
  clock_gettime(CLOCK_MONOTONIC, &up);
  clock_gettime(CLOCK_REALTIME, &wall);
  return static_cast<uint64_t>(wall.tv_sec - up.tv_sec) / 60 | 1;
}

bool parse_hex(std::string_view text, uint64_t& value) {
  return std::from_chars(text.data(), text.data() + text.size(), value, 16).ptr == text.data() + text.size();
}

// Links lead out of the store: they are none of ours.
bool real_folder(const std::string& path) {
  struct stat st;
  return lstat(path.c_str(), &st) == 0 && S_ISDIR(st.st_mode);
}

bool older_than(const std::string& path, std::chrono::milliseconds age) {
  struct stat st;
  if (stat(path.c_str(), &st) != 0) return false;
  const auto milliseconds = (now() - (st.st_mtim.tv_sec * kSecond + st.st_mtim.tv_nsec)) / 1'000'000;
  return milliseconds > age.count() ||
         milliseconds < -3'600'000;  // a clock that was put back must not keep files for ever
}

}  // namespace

std::string SegmentName::str() const {
  char name[64];
  snprintf(name, sizeof name, "%016llx-%016llx-%02u.seg", static_cast<unsigned long long>(first),
           static_cast<unsigned long long>(last), generation);
  return name;
}

std::optional<SegmentName> SegmentName::parse(std::string_view name) {
  SegmentName result;
  if (name.size() != 40 || name[16] != '-' || name[33] != '-' || name.substr(36) != ".seg") return std::nullopt;
  uint64_t generation = 0;
  if (!parse_hex(name.substr(0, 16), result.first) || !parse_hex(name.substr(17, 16), result.last)) return std::nullopt;
  if (std::from_chars(name.data() + 34, name.data() + 36, generation).ptr != name.data() + 36) return std::nullopt;
  if (result.first > result.last) return std::nullopt;
  result.generation = static_cast<unsigned>(generation);
  return result;
}

std::vector<SegmentName> live_segments(std::vector<SegmentName> names, std::vector<SegmentName>* superseded) {
  // By first id, then the widest first: whatever covers a segment stands before it.
  std::sort(names.begin(), names.end(), [](const SegmentName& a, const SegmentName& b) {
    if (a.first != b.first) return a.first < b.first;
    if (a.last != b.last) return a.last > b.last;
    return a.generation > b.generation;
  });
  std::vector<SegmentName> live;
  for (const SegmentName& name : names) {
    const bool covered =
        std::any_of(live.rbegin(), live.rend(), [&](const SegmentName& other) { return other.covers(name); });
    if (!covered)
      live.push_back(name);
    else if (superseded)
      superseded->push_back(name);
  }
  return live;
}

IndexFolder::IndexFolder(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

bool IndexFolder::exists() const { return real_folder(path_); }

void IndexFolder::make_day(const std::string& day) const {
  disk_.make_folder(day_path(day));
  for (const std::string& path : {path_, day_path(day)})
    if (!real_folder(path)) throw Error(EX_CONFIG, path + ": is a link: nothing is stored behind links");
}

std::vector<std::string> IndexFolder::days() const {
  std::vector<std::string> days;
  for (const std::string& name : disk_.list(path_))
    if (parse_day_name(name) && real_folder(day_path(name))) days.push_back(name);
  return days;
}

std::vector<SegmentName> IndexFolder::all_segments(const std::string& day) const {
  std::vector<SegmentName> segments;
  for (const std::string& name : disk_.list(day_path(day)))
    if (auto segment = SegmentName::parse(name)) segments.push_back(*segment);
  return segments;
}

std::vector<DayListing> IndexFolder::list() const {
  for (;;) {
    const auto begun = Clock::now();
    std::vector<DayListing> listing;
    for (const std::string& day : days()) listing.push_back({day, live_segments(all_segments(day))});
    if (Clock::now() - begun < kGrace / 2) return listing;
  }
}

Fd IndexFolder::lock() const {
  const std::string path = path_ + "/lock";
  Fd fd = disk_.open(path, O_RDWR | O_CREAT);
  disk_.lock(fd.get(), path, true);
  return fd;
}

uint64_t IndexFolder::next_id() const {
  const std::string path = path_ + "/ids";
  Fd fd = disk_.open_if_exists(path, O_RDONLY);
  char data[kIdFileSize];
  uint64_t next = 1;
  if (fd && disk_.read_at(fd.get(), path, data, sizeof data, 0) == sizeof data) memcpy(&next, data, 8);
  return next;
}

uint64_t IndexFolder::take_ids(uint64_t count) const {
  const std::string path = path_ + "/ids";
  Fd fd = disk_.open(path, O_RDWR | O_CREAT);
  char data[kIdFileSize];
  IdFile ids;
  if (disk_.read_at(fd.get(), path, data, sizeof data, 0) == sizeof data) {
    memcpy(&ids.next, data, 8);
    memcpy(&ids.reserved, data + 8, 8);
    memcpy(&ids.boot, data + 16, 8);
  }
  static const uint64_t boot = boot_number();
  if (ids.boot != boot) {  // also when the file is new, or lost: behind all that is stored
    ids.next = std::max(ids.next, ids.reserved + 1);
    for (const std::string& day : days())
      for (const SegmentName& segment : all_segments(day)) ids.next = std::max(ids.next, segment.last + 1);
  }
  const uint64_t first = ids.next;
  ids.next += count;
  ids.boot = boot;
  const bool reserve = ids.next > ids.reserved;
  if (reserve) ids.reserved = ids.next + kReserve;
  std::string out;
  put_fixed64(out, ids.next);
  put_fixed64(out, ids.reserved);
  put_fixed64(out, ids.boot);
  disk_.write_at(fd.get(), path, out, 0);
  if (reserve) {
    disk_.sync(fd.get(), path);
    disk_.sync_folder(path_);
  }
  return first;
}

void IndexFolder::clean(const std::string& day) const {
  std::vector<SegmentName> superseded;
  const std::vector<SegmentName> live = live_segments(all_segments(day), &superseded);
  for (const SegmentName& old : superseded) {
    const auto by = std::find_if(live.begin(), live.end(), [&](const SegmentName& name) { return name.covers(old); });
    if (by != live.end() && older_than(day_path(day) + "/" + by->str(), kGrace))
      disk_.unlink(day_path(day) + "/" + old.str());
  }
  // NAME.PID.tmp: of a process that is gone, or of one on a machine that was restarted since.
  for (const std::string& name : disk_.list(day_path(day))) {
    if (!name.ends_with(".tmp")) continue;
    const size_t dot = name.rfind('.', name.size() - 5);
    pid_t pid = 0;
    if (dot != name.npos) std::from_chars(name.data() + dot + 1, name.data() + name.size() - 4, pid);
    const bool gone = pid <= 0 || (kill(pid, 0) != 0 && errno == ESRCH);
    if (gone && older_than(day_path(day) + "/" + name, kGrace)) disk_.unlink(day_path(day) + "/" + name);
  }
}

}  // namespace alco::store
