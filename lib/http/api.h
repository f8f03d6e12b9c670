#pragma once
// The HTTP interface of doc/http-api.md. Each file api_*.cc adds the routes of one concept.
#include <functional>

#include "lib/http/archive.h"
#include "lib/http/json_writer.h"
#include "lib/http/limits.h"
#include "lib/http/places.h"
#include "lib/http/progress.h"
#include "lib/http/rejected_lines.h"
#include "lib/http/router.h"
#include "lib/http/saved_searches.h"
#include "lib/http/static_files.h"
#include "lib/http/tail_hub.h"

namespace alco::http {

struct ServerLoad {
  size_t connections = 0, running = 0, waiting = 0, pending_bytes = 0;
  uint64_t requests = 0, refused = 0;  // since the start
};

// What handlers work with. All borrowed; they outlive the router.
struct Api {
  Archive& archive;
  const Config& config;
  const Limits& limits;
  TailHub& tails;
  Places& tail_places;
  Places& export_places;
  SavedSearches& saved;
  ProgressBoard& progress;
  RejectedLines& rejected;
  std::function<ServerLoad()> load;
};

// Has `answer` called for a path, among the queries.
using Answer = void(const Api& api, const Request& request, const PathValues& values, Response& response);
inline void add_query(Router& router, const Api& api, const char* method, const char* pattern, Answer* answer) {
  router.add(method, pattern, Lane::query,
             [&api, answer](const Request& request, const PathValues& values, Response& response) {
               answer(api, request, values, response);
             });
}

void add_page_routes(Router& router, const Api& api, const StaticFiles& files);  // /grep/, /static/, shortcuts
void add_index_routes(Router& router, const Api& api);                           // /api/collector/indices/
void add_grep_routes(Router& router, const Api& api);                            // /api/grep/, /api/event/
void add_context_routes(Router& router, const Api& api);                         // /api/context/
void add_count_routes(Router& router, const Api& api);                           // /api/count/, /api/histogram/
void add_field_routes(Router& router, const Api& api);                           // /api/fields/
void add_tail_routes(Router& router, const Api& api);                            // /api/tail/
void add_export_routes(Router& router, const Api& api);                          // /api/export/
void add_saved_routes(Router& router, const Api& api);                           // /api/saved/
void add_gap_routes(Router& router, const Api& api);                             // /api/gaps/
void add_progress_routes(Router& router, const Api& api);                        // /api/progress/
void add_metrics_routes(Router& router, const Api& api);                         // /metrics
void add_sphinx_routes(Router& router, const Api& api);                          // /collector/sphinx.conf
void add_description_routes(Router& router);                                     // /api/

// All of them: what alco-httpd answers.
void add_routes(Router& router, const Api& api, const StaticFiles& files);

// The list of saved searches of an index, as a value.
void write_saved(JsonWriter& json, const Api& api, const AuthorizedIndex& index);

}  // namespace alco::http
