#pragma once
// The reserve on disks that searchd and its journal write to: searchd says nothing when its disk is full, and loses.
#include <cstdint>
#include <optional>
#include <string>

#include "lib/disk.h"

namespace alco::sphinx {

// Throws Error(EX_TEMPFAIL) if less than `reserve` is free below `path`; without one 5 % of the disk, at least 256 MiB.
void check_free_space(Disk& disk, const std::string& path, std::optional<uint64_t> reserve);

}  // namespace alco::sphinx
