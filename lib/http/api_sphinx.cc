// The configuration of searchd, for hosts that have none of their own.
#include "lib/http/api.h"
#include "lib/sphinx_conf.h"
#include "lib/timestamp.h"

namespace alco::http {
namespace {

// Only the indexes that this principal may administer: the names of the others are nobody's business.
Config visible_to(const Principal& principal, Config config) {
  std::erase_if(config.indexes, [&](const auto& index) {
    const auto name = IndexName::parse(index.first);
    return !name || !principal.allows(*name, Right::admin);
  });
  return config;
}

}  // namespace

void add_sphinx_routes(Router& router, const Api& api) {
  router.add("GET", "/collector/sphinx.conf", Lane::light,
             [&api](const Request& request, const PathValues&, Response& response) {
               const Config config = visible_to(request.principal, api.config);
               if (config.indexes.empty()) throw HttpError(404, "no index of the configuration is yours to administer");
               response.content_type = "text/plain; charset=utf-8";
               response.body = sphinx_conf(config, utc_day(now()), std::nullopt);
             });
}

}  // namespace alco::http
