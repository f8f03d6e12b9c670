// Saved searches: the one thing of this interface that can be changed.
#include <nlohmann/json.hpp>

#include "lib/http/api.h"
#include "lib/http/json_writer.h"

namespace alco::http {
namespace {

AuthorizedIndex index_to_change(const Api& api, const Request& request, const std::string& name) {
  auto index = api.archive.authorize(request, name, Right::read);
  if (!request.principal.allows(index.name(), Right::save))
    throw HttpError(403, "you may not change saved searches here: that takes the right 'save'");
  return index;
}

void answer_list(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  JsonWriter json(response.body);
  json.begin_object().key("searches");
  write_saved(json, api, index);
  json.key("may_save").boolean(request.principal.allows(index.name(), Right::save));
  json.end_object();
}

void answer_save(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = index_to_change(api, request, values[0]);
  const auto body = nlohmann::json::parse(request.body, nullptr, false);
  const auto text = [&](const char* name) {
    if (!body.is_object() || !body.contains(name) || !body[name].is_string())
      throw HttpError(400, std::string(R"(send {"name": "…", "link": "q=…"}: ')") + name + "' is missing or no text");
    return body[name].get<std::string>();
  };
  api.saved.save(index.name(), {text("name"), text("link"), request.principal.name, to_rfc3339(now())});
  answer_list(api, request, values, response);
}

void answer_remove(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = index_to_change(api, request, values[0]);
  if (!api.saved.remove(index.name(), values[1])) throw HttpError(404, "there is no saved search of that name");
  answer_list(api, request, values, response);
}

}  // namespace

void write_saved(JsonWriter& json, const Api& api, const AuthorizedIndex& index) {
  json.begin_array();
  for (const SavedSearch& search : api.saved.of(index.name())) {
    json.begin_object();
    json.key("name").string(search.name);
    json.key("link").string(search.link);
    json.key("by").string(search.by);
    json.key("at").string(search.at);
    json.end_object();
  }
  json.end_array();
}

void add_saved_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/saved/{index}/", answer_list);
  add_query(router, api, "POST", "/api/saved/{index}/", answer_save);
  add_query(router, api, "DELETE", "/api/saved/{index}/{name}/", answer_remove);
}

}  // namespace alco::http
