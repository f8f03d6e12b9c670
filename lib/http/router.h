#pragma once
// Which handler answers which path. Patterns are compared segment by segment; "{name}" stands for any one segment.
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/http/message.h"
#include "lib/http/work_pool.h"

namespace alco::http {

using PathValues = std::vector<std::string>;  // what stood for each {name}, in order
using RouteHandler = std::function<void(const Request&, const PathValues&, Response&)>;

struct Route {
  std::string method;   // GET answers HEAD too
  std::string pattern;  // "/api/grep/{index}/"; "/static/{path...}" takes all segments that follow, joined by '/'
  Lane lane;
  RouteHandler handler;
};

class Router {
 public:
  void add(std::string method, std::string pattern, Lane lane, RouteHandler handler);

  Lane lane(const Request& request) const;  // light for what is not there

  // Calls the handler. Throws HttpError: 404, 405 with Allow, 308 to the path with a slash at its end.
  void route(const Request& request, Response& response) const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace alco::http
