// The page, its files, and the shortcuts that lead to it.
#include "lib/http/api.h"
#include "lib/http/url.h"

namespace alco::http {
namespace {

void redirect(Response& response, const std::string& place) {
  response.status = 302;
  response.headers.push_back({"Location", place});
  response.content_type.clear();
}

std::string join(const std::vector<std::string>& parts) {
  std::string joined;
  for (const std::string& part : parts) joined += (joined.empty() ? "" : ",") + part;
  return joined;
}

// What js/first.js asks for when no search is asked for, to be fetched before there is a script to ask.
void announce_first_requests(const std::string& name, Response& response) {
  const auto index = IndexName::parse(name);
  if (!index) return;
  for (const char* what : {"grep/%/?order=desc", "fields/%/"}) {
    std::string path = what;
    path.replace(path.find('%'), 1, index->str());
    response.headers.push_back({"Link", "<../../api/" + path + ">; rel=preload; as=fetch; crossorigin"});
  }
}

// `query` with each {value} replaced, as one literal of the query language.
std::string fill_in(const std::string& query, const std::string& value) {
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  std::string filled;
  for (size_t at = 0; at < query.size();) {
    if (query.compare(at, 7, "{value}") == 0) {
      filled += quoted;
      at += 7;
    } else {
      filled += query[at++];
    }
  }
  return filled;
}

// Parameters of the request go on to the page: a time range, say.
void answer_shortcut(const Api& api, const Request& request, const std::string& name, const std::string& value,
                     const std::string& up, Response& response) {
  for (const AuthorizedIndex& index : api.archive.all(request, Right::read)) {
    const auto found = index.config().shortcuts.find(name);
    if (found == index.config().shortcuts.end()) continue;
    std::string place = up + index.name().str() + "/?q=" + percent_encode(fill_in(found->second.query, value));
    if (!found->second.columns.empty()) place += "&cols=" + percent_encode(join(found->second.columns));
    for (const auto& [key, given] : request.target.params)
      if (key != "q" && key != "cols") place += "&" + percent_encode(key) + "=" + percent_encode(given);
    return redirect(response, place);
  }
  throw HttpError(404, "there is no shortcut of that name");
}

}  // namespace

void add_page_routes(Router& router, const Api& api, const StaticFiles& files) {
  router.add("GET", "/", Lane::light,
             [](const Request&, const PathValues&, Response& response) { redirect(response, "grep/"); });
  router.add("GET", "/grep/", Lane::light, [&files](const Request& request, const PathValues&, Response& response) {
    files.serve(request, "index.html", response);
  });
  router.add("GET", "/grep/shortcut/{name}/", Lane::light,
             [&api](const Request& request, const PathValues& values, Response& response) {
               answer_shortcut(api, request, values[0], "", "../../", response);
             });
  router.add("GET", "/grep/shortcut/{name}/{value}/", Lane::light,
             [&api](const Request& request, const PathValues& values, Response& response) {
               answer_shortcut(api, request, values[0], values[1], "../../../", response);
             });
  // The same page for every name: whether there is such an index only the interface says.
  router.add("GET", "/grep/{index}/", Lane::light,
             [&files](const Request& request, const PathValues& values, Response& response) {
               if (request.target.params.empty()) announce_first_requests(values[0], response);
               files.serve(request, "grep.html", response);
             });
  router.add("GET", "/static/{file...}", Lane::light,
             [&files](const Request& request, const PathValues& values, Response& response) {
               files.serve(request, values[0], response);
             });
  router.add("GET", "/favicon.ico", Lane::light,
             [&files](const Request& request, const PathValues&, Response& response) {
               files.serve(request, "favicon.svg", response);
             });
  router.add("GET", "/healthz", Lane::light, [](const Request&, const PathValues&, Response& response) {
    response.content_type = "text/plain; charset=utf-8";
    response.body = "ok\n";
  });
}

}  // namespace alco::http
