#include "lib/store/snapshot.h"

#include "lib/error.h"

namespace alco::store {

Snapshot SnapshotSource::take() {
  std::lock_guard lock(mutex_);
  for (int tries = 0; tries < 100; ++tries) {
    Snapshot snapshot;
    if (try_take(snapshot)) return snapshot;
  }
  throw Error(EX_IOERR, folder_.path() + ": segments vanish as fast as they are listed");
}

// False if a segment went away after it was listed: it was merged, or its day expired.
bool SnapshotSource::try_take(Snapshot& snapshot) {
  std::map<std::string, std::shared_ptr<Segment>> open;
  std::map<std::string, std::string> damaged;
  for (const DayListing& day : folder_.list()) {
    for (const SegmentName& name : day.segments) {
      const std::string path = folder_.day_path(day.day) + "/" + name.str();
      if (const auto known = damaged_.find(path); known != damaged_.end()) {
        damaged.insert(*known);
        continue;
      }
      std::shared_ptr<Segment> segment;
      if (const auto known = open_.find(path); known != open_.end()) {
        segment = known->second;
      } else {
        try {
          segment = std::make_shared<Segment>(folder_.disk(), path, name.first, tables_);
        } catch (const Corrupt& damage) {
          damaged[path] = path + ": " + damage.reason;
          continue;
        } catch (const Error& error) {
          if (error.code() == EX_NOINPUT) return false;
          damaged[path] = error.what();
          continue;
        }
      }
      open[path] = segment;
      snapshot.segments.push_back(segment);
      snapshot.days.push_back(day.day);
    }
  }
  open_ = std::move(open);
  damaged_ = std::move(damaged);
  for (const auto& [path, reason] : damaged_) snapshot.damaged.push_back(reason);
  return true;
}

}  // namespace alco::store
