#pragma once
// Merging the segments of a day: fewer files, shared templates, stronger compression.
#include <string>

#include "lib/store/index_folder.h"

namespace alco::store {

struct MergeResult {
  uint64_t segments = 0;  // that were replaced
  uint64_t bytes_before = 0;
  uint64_t bytes_after = 0;
};

// What a writer does beside its work: runs of small commits become one. Does nothing if another process merges this
// day.
MergeResult merge_small(const IndexFolder& folder, const std::string& day);

// All segments of a day into as few as possible, with Effort::small. Waits for another process that merges this day.
MergeResult merge_day(const IndexFolder& folder, const std::string& day);

}  // namespace alco::store
