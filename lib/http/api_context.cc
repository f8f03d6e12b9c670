// The surroundings of one event.
#include "lib/http/api.h"
#include "lib/http/context.h"
#include "lib/http/cursor.h"

namespace alco::http {
namespace {

void answer_context(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  const auto id = parse_id(values[1]);
  const auto at = id ? index.reader().find_id(*id, &request.cancel) : std::nullopt;
  if (!at) throw HttpError(404, "there is no event with this id in the index; it may be past its retention");
  Search search = parse_search(request, index, api.archive);
  const ResultShape shape(request);
  ContextOptions options = context_options(request);
  if (!options.wanted() && !request.param("A") && !request.param("B") && !request.param("C"))
    options.before = options.after = 5;
  ScanRequest scan;
  scan.after = Position{at->time, at->id - 1};
  scan.since = at->time;
  scan.limit = 1;
  scan.cancel = &request.cancel;
  shape.prepare(scan, search);
  scan.json = true;
  scan.columns.insert(scan.columns.end(), options.same.begin(), options.same.end());
  ContextPage page(index.reader(), options, shape, search);
  const auto found = index.reader().scan(scan);
  Hit hit;
  if (found->next(hit) && hit.at == *at) {
    const std::span<const FieldValue> columns(hit.columns);
    page.add(hit, columns.subspan(columns.size() - options.same.size()), true);
  }
  JsonWriter json(response.body);
  json.begin_object().key("results").begin_array();
  page.write(json, Order::oldest_first);
  json.end_array();
  write_incomplete(json, request, found->stats().incomplete);
  json.end_object();
}

}  // namespace

void add_context_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/context/{index}/{id}/", answer_context);
}

}  // namespace alco::http
