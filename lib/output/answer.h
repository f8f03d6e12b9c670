#pragma once
// How the ways to answer a search report back to run_query().
#include <string>

#include "lib/output/search.h"
#include "lib/output/sink.h"

namespace alco::output {

struct Answer {
  uint64_t found = 0;
  ScanStats stats;
};

Answer print_events(const QueryOptions& options, Search& search, Sink& sink);   // hits, with context
Answer follow_events(const QueryOptions& options, Search& search, Sink& sink);  // until stopped
Answer print_count(const QueryOptions& options, Search& search, Sink& sink);
Answer print_top(const QueryOptions& options, Search& search, Sink& sink);
Answer print_values(const QueryOptions& options, Search& search, Sink& sink);  // -l, -L
Answer print_histogram(const QueryOptions& options, Search& search, Sink& sink);

}  // namespace alco::output
