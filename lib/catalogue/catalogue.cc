#include "lib/catalogue/catalogue.h"

#include <algorithm>

#include "lib/catalogue/redis_catalogue.h"
#include "lib/catalogue/sqlite_catalogue.h"
#include "lib/error.h"

namespace alco {

bool Catalogue::overflowed(const IndexName& index, const std::string& field) {
  const std::vector<std::string> fields = overflowed_fields(index);
  return std::binary_search(fields.begin(), fields.end(), field);
}

std::unique_ptr<Catalogue> open_catalogue(const std::string& url) {
  if (url.starts_with("sqlite:") && url.size() > 7) return std::make_unique<SqliteCatalogue>(url.substr(7));
  if (auto address = RedisAddress::parse(url)) return std::make_unique<RedisCatalogue>(*address);
  const std::string hint = url.starts_with("rediss:") ? "; TLS to Redis needs a tunnel (stunnel, ssh)" : "";
  throw Error(EX_CONFIG, "a catalogue is sqlite:/path, redis://host[:port][/db] or redis+unix:/path" + hint);
}

}  // namespace alco
