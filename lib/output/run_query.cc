#include "lib/output/run_query.h"

#include <unistd.h>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/output/answer.h"
#include "lib/output/explain.h"
#include "lib/output/link.h"
#include "lib/output/search.h"
#include "lib/output/sink.h"
#include "lib/printable.h"
#include "lib/stop.h"

namespace alco::output {
namespace {

constexpr int kFound = 0, kNothing = 1, kIncomplete = 2, kInterrupted = 130;

// For completions and for people who don't know what there is.
int list_names(const QueryOptions& options, Sink& sink) {
  std::string text;
  if (options.list == "indexes") {
    const Config config = load_config(options.config);
    for (const IndexName& name : open_configured_store(options, config)->indexes()) text += name.str() + "\n";
  } else if (options.list == "fields") {
    Search search = open_search(options);
    for (const std::string& name : search.known_fields()) {
      append_printable(text, name);
      text += '\n';
    }
  } else {
    throw Error(EX_USAGE, "--list " + options.list + ": give indexes or fields");
  }
  sink.write(text);
  sink.finish();
  return text.empty() ? kNothing : kFound;
}

Answer answer_search(const QueryOptions& options, Search& search, Sink& sink) {
  if (!options.top.empty()) return print_top(options, search, sink);
  if (!options.with_match.empty() || !options.without_match.empty()) return print_values(options, search, sink);
  if (!options.histogram.empty()) return print_histogram(options, search, sink);
  if (options.follow && !options.quiet) return follow_events(options, search, sink);
  if (options.count || options.quiet) return print_count(options, search, sink);
  return print_events(options, search, sink);
}

int status_of(const QueryOptions& options, const Answer& answer) {
  for (const std::string& reason : answer.stats.incomplete) log::error("the answer is incomplete: %s", reason.c_str());
  if (!answer.stats.incomplete.empty() && !options.partial_ok) return kIncomplete;
  return answer.found > 0 ? kFound : kNothing;
}

void say(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) log::notice("%s", line.c_str());
}

}  // namespace

int run_query(const QueryOptions& options) {
  if (!colour_named(options.colour))
    throw Error(EX_USAGE, "--color " + options.colour + ": give auto, always or never");
  const bool talks = (options.explain || isatty(2)) && !options.quiet;
  Sink sink({!options.no_pager && !options.follow, !options.follow && !options.quiet,
             options.index.empty() ? "files" : options.index});
  if (!options.list.empty()) return list_names(options, sink);
  Search search = open_search(options);
  if (options.url) {
    sink.write(link_to(options, search) + "\n");
    sink.finish();
    return kFound;
  }
  const Nanoseconds start = now();
  const Answer answer = answer_search(options, search, sink);
  const Nanoseconds took = now() - start;
  sink.finish();
  const int status = status_of(options, answer);
  if (stop::requested()) return options.follow ? status : kInterrupted;
  if (options.explain) say(explanation(options, search, answer, took));
  const bool repeatable = options.files.empty() || options.explain;  // a pipe can't be searched again
  if (answer.found == 0 && talks && repeatable && options.without_match.empty() && !options.follow)
    say(near_misses(options, search));
  return status;
}

}  // namespace alco::output
