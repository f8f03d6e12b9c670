#include "lib/http_fetch.h"

#include <httplib.h>

#include "lib/config.h"
#include "lib/error.h"

namespace alco {
namespace {
constexpr size_t kMaxBody = size_t{16} << 20;
}

std::string http_fetch(const std::string& url) {
  const std::string name = masked_url(url);
  const size_t slash = url.starts_with("http://") ? url.find('/', 7) : std::string::npos;
  if (slash == std::string::npos || slash == 7) throw Error(EX_USAGE, name + ": wanted is http://host[:port]/path");
  httplib::Client client(url.substr(0, slash));
  client.set_connection_timeout(10);
  client.set_read_timeout(10);
  client.set_decompress(false);
  std::string body;
  const auto result = client.Get(url.substr(slash), [&](const char* data, size_t size) {
    body.append(data, size);
    return body.size() <= kMaxBody;
  });
  if (body.size() > kMaxBody) throw Error(EX_PROTOCOL, name + ": the answer is larger than 16 MiB");
  if (!result) throw Error(EX_UNAVAILABLE, name + ": " + httplib::to_string(result.error()));
  if (result->status != 200) throw Error(EX_PROTOCOL, name + ": the answer is " + std::to_string(result->status));
  return body;
}

}  // namespace alco
