#pragma once
// Counts made from a scan, for a Reader that has no shorter way to them. The field may also be "message".
#include <string>

#include "lib/error.h"
#include "lib/store/store.h"

namespace alco::query {

// Of counts over time by the values of a field one thread keeps so many numbers and bytes of values at most; a value
// itself takes as much as some numbers.
inline constexpr size_t kMostSplitCells = size_t{1} << 19, kMostSplitBytes = size_t{16} << 20, kSplitValueCells = 16;
Error too_many_values(const std::string& field);  // EX_USAGE

CountResult count_hits(Reader& reader, const ScanRequest& request);
Histogram tally_times(Reader& reader, const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                      const std::string& split_field);
TopValues tally_values(Reader& reader, const ScanRequest& request, const std::string& field, size_t limit);

}  // namespace alco::query
