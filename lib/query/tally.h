#pragma once
// Counts made from a scan, for a Reader that has no shorter way to them. The field may also be "message".
#include <string>

#include "lib/store/store.h"

namespace alco::query {

CountResult count_hits(Reader& reader, const ScanRequest& request);
Histogram tally_times(Reader& reader, const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                      const std::string& split_field);
TopValues tally_values(Reader& reader, const ScanRequest& request, const std::string& field, size_t limit);

}  // namespace alco::query
