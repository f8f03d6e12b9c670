#pragma once
// What alco-rotate does to an index of a directory store beside reading and writing it.
#include <cstdint>
#include <string>
#include <vector>

#include "lib/disk.h"
#include "lib/index_name.h"

namespace alco::store {

struct DayUsage {
  std::string day;  // "20261122"
  uint64_t bytes = 0;
  uint64_t events = 0;  // in segments that can be read
  uint64_t segments = 0;
};

struct Damage {
  std::string object;  // a file, or "FILE block N"
  std::string reason;
};

// `root` is the folder of the store.
std::vector<DayUsage> usage(Disk& disk, const std::string& root, const IndexName& index);  // by rising day

// Reads and decodes everything: checksums, and that every event can be written down again.
std::vector<Damage> verify(Disk& disk, const std::string& root, const IndexName& index);

struct MergeSummary {
  uint64_t segments = 0;  // that were replaced
  uint64_t bytes_before = 0, bytes_after = 0;
};

// Merges a day as far as it goes, waits until no reader can need the old files, and removes them.
MergeSummary merge(Disk& disk, const std::string& root, const IndexName& index, const std::string& day);

// Removes a day. Only a name of a day is accepted, and nothing is removed but files that a store makes. Readers see the
// whole day or nothing of it.
void drop_day(Disk& disk, const std::string& root, const IndexName& index, const std::string& day);

// Ends what a drop_day() that was interrupted began. drop_day() calls it first.
void finish_drops(Disk& disk, const std::string& root, const IndexName& index);

}  // namespace alco::store
