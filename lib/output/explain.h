#pragma once
// Talk about an answer, on stderr: how the query was understood, what was read, why nothing was found.
#include <string>
#include <vector>

#include "lib/output/answer.h"

namespace alco::output {

// The lines of --explain.
std::vector<std::string> explanation(const QueryOptions& options, Search& search, const Answer& answer,
                                     Nanoseconds took);

// After an empty answer: how much was searched, and near misses (letter case, other fields, outside of the time
// range). Searches again, for about a second in all.
std::vector<std::string> near_misses(const QueryOptions& options, Search& search);

}  // namespace alco::output
