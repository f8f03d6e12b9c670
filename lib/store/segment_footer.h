#pragma once
// Finds the footer of a segment, which says where everything else is, and is there twice.
#include <cstdint>
#include <string>

#include "lib/disk.h"

namespace alco::store {

struct SegmentFooter {
  char format = 0;      // version of the segment's format
  uint64_t offset = 0;  // in the file
  std::string bytes;
};

// Throws Corrupt if neither copy is whole.
SegmentFooter read_footer(Disk& disk, int fd, const std::string& path, uint64_t file_size);

// False if one of the two is damaged. Of format 4 or later.
bool both_footers_whole(Disk& disk, int fd, const std::string& path, uint64_t file_size);

}  // namespace alco::store
