// grep and less for all machines at once: reads a store, files or stdin.
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <string>
#include <vector>

#include "lib/check/checks.h"
#include "lib/output/query_options.h"
#include "lib/output/run_query.h"
#include "lib/time_range.h"
#include "lib/tool.h"

namespace {

using alco::output::QueryOptions;

const CLI::Validator kFromZero(
    [](const std::string& text) {
      return text.starts_with('-') ? "give a number from 0 on, not " + text : std::string();
    },
    "");

void add_sources(CLI::App& app, QueryOptions& o) {
  app.add_option("QUERY", o.words, "Words, \"phrases\", /regular expressions/, field:value; all must hold");
  app.add_option("-i,--index", o.index, "Read this index")->type_name("INDEX");
  app.add_option("-s,--store", o.store, "Read this store: dir:/path, sphinx://host:port")->type_name("URL");
  app.add_option("--config", o.config, "Configuration file")->type_name("FILE");
  app.add_option("-f,--file", o.files, "Read NDJSON or text from FILE instead, - for stdin; may repeat")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--multiline", o.multiline, "Text files: what joins lines: auto, off, or a REGEX of first lines")
      ->type_name("MODE");
  app.add_flag("--check", o.check, "Look at the configuration, the store and the index, and end");
  app.add_option("--list", o.list, "List indexes, or the fields of an index")->type_name("indexes|fields");
}

void add_patterns(CLI::App& app, QueryOptions& o) {
  const auto pattern = [&](const char* name, std::vector<std::string>& into, const char* text, const char* type) {
    app.add_option(name, into, text)->type_name(type)->allow_extra_args(false);
  };
  pattern("-F,--fixed-strings", o.fixed, "Instead of QUERY: this text, as grep -F; may repeat: any of them", "STRING");
  pattern("-E,--extended-regexp", o.regex, "Instead of QUERY: this expression, as grep -E; may repeat", "REGEX");
  app.add_flag("-y,--ignore-case", o.ignore_case, "Ignore the case of letters");
  app.add_flag("--case-sensitive", o.case_sensitive, "Never ignore the case of letters");
  app.add_flag("-w,--word-regexp", o.whole_word, "Match whole words only");
  app.add_flag("-v,--invert-match", o.invert, "Show what does not match");
}

void add_times(CLI::App& app, QueryOptions& o) {
  app.add_option("--since", o.since, "From this time on: 2026-11-20, '2026-11-20 14:05', 14:05, 15m, 2h, 3d, now")
      ->type_name("TIME");
  app.add_option("--until", o.until, "Before this time")->type_name("TIME");
  app.add_option("--tz", o.zone, "Time zone for reading and printing times (default: local)")->type_name("ZONE");
  app.add_flag("--utc", o.utc, "Read and print times in UTC");
}

void add_selection(CLI::App& app, QueryOptions& o) {
  app.add_flag("-r,--reverse", o.reverse, "Newest first");
  app.add_option("-m,--limit,--max-count", o.limit, "Stop after N hits")->check(kFromZero)->type_name("N");
  app.add_option("--tail", o.tail, "The newest N hits, oldest of them first")->check(kFromZero)->type_name("N");
  app.add_option("-A,--after-context", o.after, "Also N events after each hit")->check(kFromZero)->type_name("N");
  app.add_option("-B,--before-context", o.before, "Also N events before each hit")->check(kFromZero)->type_name("N");
  app.add_option("-C,--context", o.context, "Also N events around each hit")->check(kFromZero)->type_name("N");
  app.add_option("--within", o.within, "Context not farther from the hit than this: 2s, 5m")->type_name("DURATION");
  app.add_option("--same", o.same, "Context only from events equal in these fields")
      ->type_name("FIELD,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--id", o.id, "The event with this id")->check(kFromZero)->type_name("ID");
  app.add_option("--around", o.around, "The event with this id and what surrounds it (see -C)")
      ->check(kFromZero)
      ->type_name("ID");
}

void add_output(CLI::App& app, QueryOptions& o) {
  app.add_flag("-c,--count", o.count, "Print only the number of hits");
  app.add_flag("-q,--quiet", o.quiet, "Print nothing, stop at the first hit");
  app.add_option("-o,--output", o.format, "text, json, raw, tsv or csv")->type_name("FORMAT")->capture_default_str();
  app.add_option("--cols", o.columns, "Columns: before the message in text, all of them in tsv and csv")
      ->type_name("FIELD,...")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("-l,--with-match", o.with_match, "Print the values of FIELD that have a hit")->type_name("FIELD");
  app.add_option("-L,--without-match", o.without_match, "Print the known values of FIELD that have none")
      ->type_name("FIELD");
  app.add_option("--top", o.top, "Count hits by value of FIELD, the N most frequent (10)")->type_name("FIELD[,N]");
  app.add_option("--hist", o.histogram, "Count hits over time, by 10s, 5m, 1h, ... (a round width by default)")
      ->type_name("[WIDTH]");
  app.add_flag("--follow", o.follow, "Show new events as they arrive, after the newest 10 (see --tail)");
  app.add_flag("--url", o.url, "Print the web page's link for this search");
  app.add_flag("--explain", o.explain, "Tell on stderr how the query was understood and what was read");
  app.add_option("--color,--colour", o.colour, "auto, always or never")->type_name("WHEN");
  app.add_flag("--no-pager", o.no_pager, "Never start a pager");
  app.add_flag("--partial-ok", o.partial_ok, "Exit 0 or 1 also when the answer is incomplete");
}

int check_setup(const QueryOptions& o) {
  alco::check::Findings findings;
  if (const auto config = alco::check::configuration(findings, o.config))
    alco::check::store(findings, o.store.empty() ? config->store : o.store, *config, o.index,
                       alco::check::Purpose::read);
  return findings.finish() == 0 ? 0 : 2;
}

// The threads of a search hand large pieces to each other: in a heap of each thread's own, what one frees would be lost
// to the others. And the kernel clears each page that is given back and taken again.
void keep_memory_together() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_THRESHOLD, 8 << 20);
  mallopt(M_TRIM_THRESHOLD, 32 << 20);
  mallopt(M_TOP_PAD, 1 << 20);
#endif
}

// --hist takes the next word only if that is a duration: `--hist timeout` looks for timeouts.
std::vector<std::string> with_width(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  for (size_t i = 1; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (arguments[i] != "--hist") continue;
    const bool given = i + 1 < arguments.size() && alco::read_duration(arguments[i + 1]);
    arguments[i] += '=' + (given ? arguments[i + 1] : "auto");
    if (given) arguments.erase(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1);
  }
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  keep_memory_together();
  CLI::App app{"Search logs as grep does: events from a store, files or stdin, in one order over all machines."};
  QueryOptions options;
  add_sources(app, options);
  add_patterns(app, options);
  add_times(app, options);
  add_selection(app, options);
  add_output(app, options);
  std::vector<std::string> arguments = with_width(argc, argv);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size());
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  return alco::run_tool("alco-query", app, static_cast<int>(pointers.size()), pointers.data(),
                        [&] { return options.check ? check_setup(options) : alco::output::run_query(options); },
                        {2, 2});
}
