// How far a search or an export has come; ends an export.
#include "lib/http/api.h"
#include "lib/http/json_writer.h"

namespace alco::http {
namespace {

void answer_progress(const Api& api, const Request& request, const PathValues& values, Response& response) {
  static const char* const names[] = {"unknown", "running", "done", "failed"};
  auto progress = api.progress.find(values[0], request.principal.name);
  if (!progress) progress = std::make_shared<Progress>();
  if (request.head.method == "DELETE") progress->cancel();
  JsonWriter json(response.body);
  json.begin_object();
  json.key("state").string(names[static_cast<size_t>(progress->state.load())]);
  json.key("share").real(progress->share);
  json.key("events").number(progress->events.load());
  json.key("bytes").number(progress->bytes.load());
  json.end_object();
}

}  // namespace

void add_progress_routes(Router& router, const Api& api) {
  for (const char* method : {"GET", "DELETE"})
    router.add(method, "/api/progress/{ticket}/", Lane::light,
               [&api](const Request& request, const PathValues& values, Response& response) {
                 answer_progress(api, request, values, response);
               });
}

}  // namespace alco::http
