#pragma once
// What alco-query does.
#include "lib/output/query_options.h"

namespace alco::output {

// Prints the answer to stdout and returns the exit status: 0 something was found, 1 nothing, 2 the answer is
// incomplete (the reasons went to stderr), 130 interrupted. Throws Error.
int run_query(const QueryOptions& options);

}  // namespace alco::output
