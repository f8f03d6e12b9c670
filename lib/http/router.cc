#include "lib/http/router.h"

namespace alco::http {
namespace {

enum class Match { no, needs_slash, yes };

bool is_value(std::string_view part) { return part.starts_with('{'); }
bool takes_rest(std::string_view part) { return part.ends_with("...}"); }

Match match(std::string_view pattern, const Target& target, PathValues* values) {
  size_t used = 0;
  pattern.remove_prefix(1);
  const bool folder = pattern.empty() || pattern.ends_with('/');
  while (!pattern.empty()) {
    const size_t slash = pattern.find('/');
    const std::string_view part = pattern.substr(0, slash);
    pattern.remove_prefix(slash == std::string_view::npos ? pattern.size() : slash + 1);
    if (used == target.segments.size()) return Match::no;
    if (takes_rest(part)) {
      std::string rest = target.segments[used++];
      while (used < target.segments.size()) rest += "/" + target.segments[used++];
      if (values) values->push_back(std::move(rest));
      break;
    }
    if (is_value(part)) {
      if (values) values->push_back(target.segments[used]);
    } else if (part != target.segments[used]) {
      return Match::no;
    }
    ++used;
  }
  if (used != target.segments.size()) return Match::no;
  if (folder == target.folder) return Match::yes;
  return folder ? Match::needs_slash : Match::no;
}

bool same_method(const Route& route, const std::string& method) {
  return route.method == method || (route.method == "GET" && method == "HEAD");
}

[[noreturn]] void redirect_to_folder(const Request& request) {
  const std::string& target = request.head.target;
  const size_t question = target.find('?');
  const std::string query = question == std::string::npos ? "" : target.substr(question);
  // Relative, so that it holds behind a prefix.
  const std::string place = "./" + percent_encode(request.target.segments.back()) + "/" + query;
  throw HttpError(308, "this path ends with a slash", {{"Location", place}});
}

}  // namespace

void Router::add(std::string method, std::string pattern, Lane lane, RouteHandler handler) {
  routes_.push_back({std::move(method), std::move(pattern), lane, std::move(handler)});
}

Lane Router::lane(const Request& request) const {
  for (const Route& route : routes_)
    if (same_method(route, request.head.method) && match(route.pattern, request.target, nullptr) == Match::yes)
      return route.lane;
  return Lane::light;
}

void Router::route(const Request& request, Response& response) const {
  std::string allowed;
  for (const Route& route : routes_) {
    PathValues values;
    const Match found = match(route.pattern, request.target, &values);
    if (found == Match::no) continue;
    if (!same_method(route, request.head.method)) {
      allowed += (allowed.empty() ? "" : ", ") + route.method;
      if (route.method == "GET") allowed += ", HEAD";
      continue;
    }
    if (found == Match::needs_slash) redirect_to_folder(request);
    return route.handler(request, values, response);
  }
  if (!allowed.empty()) throw HttpError(405, "this path answers " + allowed, {{"Allow", allowed}});
  throw HttpError(404, "there is nothing at this path; the interface is described at /api/");
}

}  // namespace alco::http
