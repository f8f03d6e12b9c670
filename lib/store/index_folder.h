#pragma once
// The files of one index: days, segments, ids, locks. All naming and all rules of visibility are here.
//
//   INDEX/ids                          the next id (see IdFile)
//   INDEX/lock                         flock: held for the instant of a commit, or of the removal of a day
//   INDEX/20261122/FIRST-LAST-GG.seg   events with ids FIRST to LAST (16 hex digits), generation GG (2 digits)
//   INDEX/20261122/*.tmp               being written
//   INDEX/20261122/merge.lock          flock: held while the day's segments are merged
//
// Merging replaces a run of segments, adjacent in id, by one of a higher
// generation that covers their ids. A segment whose ids lie within those of one of a higher generation is
// superseded: nobody reads it any more, and it is removed kGrace later, so that a reader whose listing is older
// still finds it. So a listing that took less than kGrace holds every event once.
#include <chrono>
#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/disk.h"
#include "lib/index_name.h"

namespace alco::store {

inline constexpr std::chrono::milliseconds kGrace{2000};

struct SegmentName {
  uint64_t first = 0, last = 0;
  unsigned generation = 0;

  std::string str() const;
  static std::optional<SegmentName> parse(std::string_view name);
  bool covers(const SegmentName& other) const {
    return generation > other.generation && first <= other.first && other.last <= last;
  }
  auto operator<=>(const SegmentName&) const = default;
};

// Those of `names` that are not superseded, by rising id; with `superseded` the others too.
std::vector<SegmentName> live_segments(std::vector<SegmentName> names, std::vector<SegmentName>* superseded = nullptr);

struct DayListing {
  std::string day;  // "20261122"
  std::vector<SegmentName> segments;
};

class IndexFolder {
 public:
  IndexFolder(Disk& disk, std::string path);

  const std::string& path() const { return path_; }
  Disk& disk() const { return disk_; }
  std::string day_path(const std::string& day) const { return path_ + "/" + day; }

  bool exists() const;
  // Makes the folder of a day. Throws Error(EX_CONFIG) if it, or that of the index, is a link.
  void make_day(const std::string& day) const;
  std::vector<std::string> days() const;                                // rising; without links
  std::vector<SegmentName> all_segments(const std::string& day) const;  // superseded ones too
  std::vector<DayListing> list() const;                                 // what is live, consistent over all days

  // The lock of commits. Waits.
  Fd lock() const;
  // Reserves `count` ids and returns the first. Call with the lock held.
  uint64_t take_ids(uint64_t count) const;
  uint64_t next_id() const;  // a look, without taking

  // Removes superseded segments of the day that were replaced at least kGrace ago, and *.tmp files of writers that
  // died.
  void clean(const std::string& day) const;

 private:
  Disk& disk_;
  std::string path_;
};

}  // namespace alco::store
