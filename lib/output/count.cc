#include <algorithm>

#include "lib/output/answer.h"

namespace alco::output {

Answer print_count(const QueryOptions& options, Search& search, Sink& sink) {
  ScanRequest request = search.request();
  request.cancel = sink.cancel();
  request.progress = sink.progress();
  Answer answer;
  if (options.quiet || options.limit != kNoNumber) {  // no more than needed
    request.limit = options.quiet ? 1 : options.limit;
    request.message = false;
    const auto scan = search.reader->scan(request);
    for (Hit hit; scan->next(hit);) ++answer.found;
    answer.stats = scan->stats();
  } else {
    const CountResult result = search.reader->count(request);
    answer.found = result.count;
    answer.stats = result.stats;
  }
  if (!options.quiet && !*sink.cancel()) sink.write(std::to_string(answer.found) + "\n");
  return answer;
}

}  // namespace alco::output
