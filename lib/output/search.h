#pragma once
// A command line made ready to run: the reader, the query as a tree, the times.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/config.h"
#include "lib/output/query_options.h"
#include "lib/query/context.h"
#include "lib/query/parse.h"
#include "lib/store/store.h"
#include "lib/time_range.h"

namespace alco::output {

struct Search {
  Config config;
  std::unique_ptr<Store> store;  // null when files are read
  std::optional<IndexName> index;
  std::shared_ptr<Reader> reader;
  std::string subject;  // "app", "a.log", "3 files"
  TimeZone zone;
  TimeRange range;
  query::Node query;               // what must hold, -v included
  query::Node sought;              // without -v: what is highlighted
  std::vector<std::string> notes;  // of the parser
  query::FieldNames fields;        // of the index, if they were needed
  bool has_fields = false;

  const query::FieldNames& known_fields();
  ScanRequest request() const;  // the query in the time range, oldest first; null for everything
};

// Throws Error: EX_USAGE for options that contradict each other or can't be read, and what stores throw.
Search open_search(const QueryOptions& options);

std::unique_ptr<Store> open_configured_store(const QueryOptions& options, const Config& config);

// The context that the options ask for; --around without numbers means 10.
query::ContextOptions context_options(const QueryOptions& options);

}  // namespace alco::output
