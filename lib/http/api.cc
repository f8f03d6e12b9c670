#include "lib/http/api.h"

namespace alco::http {

void add_routes(Router& router, const Api& api, const StaticFiles& files) {
  add_page_routes(router, api, files);
  add_index_routes(router, api);
  add_grep_routes(router, api);
  add_context_routes(router, api);
  add_count_routes(router, api);
  add_field_routes(router, api);
  add_tail_routes(router, api);
  add_export_routes(router, api);
  add_saved_routes(router, api);
  add_gap_routes(router, api);
  add_progress_routes(router, api);
  add_metrics_routes(router, api);
  add_sphinx_routes(router, api);
  add_description_routes(router);
}

}  // namespace alco::http
