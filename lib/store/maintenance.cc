#include "lib/store/maintenance.h"

#include <thread>

#include "lib/error.h"
#include "lib/store/block.h"
#include "lib/store/merge.h"
#include "lib/store/snapshot.h"
#include "lib/timestamp.h"

namespace alco::store {
namespace {

constexpr std::string_view kDropped = "dropped-";  // before the name of a day that is being removed

IndexFolder folder_of(Disk& disk, const std::string& root, const IndexName& index) {
  return IndexFolder(disk, root + "/" + index.str());
}

void verify_block(const std::shared_ptr<Segment>& segment, size_t index) {
  Block block(segment, index);
  std::string text;
  block.message_ids();
  for (size_t row = 0; row < block.rows(); ++row) {
    text.clear();
    block.append_json(text, row);
    block.id(row);
  }
  for (uint32_t column = 0; column < block.header().columns.size(); ++column) block.filter(column);
}

bool made_by_a_store(const std::string& name) {
  return SegmentName::parse(name) || name.ends_with(".tmp") || name == "merge.lock";
}

}  // namespace

std::vector<DayUsage> usage(Disk& disk, const std::string& root, const IndexName& index) {
  const IndexFolder folder = folder_of(disk, root, index);
  SnapshotSource source(folder);
  const Snapshot snapshot = source.take();
  std::vector<DayUsage> days;
  for (const std::string& day : folder.days()) {
    DayUsage usage;
    usage.day = day;
    for (const std::string& name : disk.list(folder.day_path(day))) {
      const std::string path = folder.day_path(day) + "/" + name;
      if (const Fd fd = disk.open_if_exists(path, 0)) usage.bytes += disk.size(fd.get(), path);
    }
    for (size_t i = 0; i < snapshot.segments.size(); ++i) {
      if (snapshot.days[i] != day) continue;
      ++usage.segments;
      usage.events += snapshot.segments[i]->events();
    }
    days.push_back(usage);
  }
  return days;
}

std::vector<Damage> verify(Disk& disk, const std::string& root, const IndexName& index) {
  std::vector<Damage> damage;
  SnapshotSource source(folder_of(disk, root, index));
  const Snapshot snapshot = source.take();
  for (const std::string& reason : snapshot.damaged) {
    const size_t colon = reason.find(": ");
    damage.push_back({reason.substr(0, colon), reason.substr(colon + 2)});
  }
  std::string name;
  const auto try_to = [&](auto look) {
    try {
      look();
    } catch (const Corrupt& corrupt) {
      damage.push_back({name, corrupt.reason});
    } catch (const Error& error) {
      damage.push_back({name, error.what()});
    }
  };
  for (const auto& segment : snapshot.segments) {
    for (size_t i = 0; i < segment->blocks().size(); ++i) {
      name = segment->path() + " block " + std::to_string(i);
      try_to([&] { verify_block(segment, i); });
    }
    name = segment->path();
    try_to([&] {
      for (const char* reason : segment->spare_damage())
        damage.push_back({segment->path(), std::string(reason) + "; nothing is lost"});
    });
    try_to([&] { segment->templates(); });
    try_to([&] { segment->index().verify(*segment); });
  }
  return damage;
}

MergeSummary merge(Disk& disk, const std::string& root, const IndexName& index, const std::string& day) {
  const IndexFolder folder = folder_of(disk, root, index);
  const MergeResult result = merge_day(folder, day);
  if (result.segments > 0) {
    std::this_thread::sleep_for(kGrace + std::chrono::milliseconds(50));
    folder.clean(day);
  }
  return {result.segments, result.bytes_before, result.bytes_after};
}

void finish_drops(Disk& disk, const std::string& root, const IndexName& index) {
  const IndexFolder folder = folder_of(disk, root, index);
  for (const std::string& name : disk.list(folder.path())) {
    if (!name.starts_with(kDropped) || !parse_day_name(std::string_view(name).substr(kDropped.size()))) continue;
    const std::string path = folder.path() + "/" + name;
    for (const std::string& file : disk.list(path))
      if (made_by_a_store(file)) disk.unlink(path + "/" + file);
    disk.remove_folder(path);
  }
}

void drop_day(Disk& disk, const std::string& root, const IndexName& index, const std::string& day) {
  const IndexFolder folder = folder_of(disk, root, index);
  if (!parse_day_name(day)) throw Error(EX_USAGE, "'" + day + "' is no day: YYYYMMDD");
  finish_drops(disk, root, index);
  {
    // One rename takes the day from sight; a reader that has its files open keeps them, a commit that has begun writes
    // it anew. Not in the middle of one: that is whole or not there.
    const Fd lock = folder.lock();
    disk.rename(folder.day_path(day), folder.path() + "/" + std::string(kDropped) + day);
  }
  disk.sync_folder(folder.path());
  finish_drops(disk, root, index);
}

}  // namespace alco::store
