// Which kind of store a URL means.
#include "lib/config.h"
#include "lib/error.h"
#include "lib/sphinx/sphinx_store.h"
#include "lib/store/dir_store.h"

namespace alco {

std::unique_ptr<Store> open_store(const std::string& url, const Config& config) {
  if (url.starts_with("dir:")) return std::make_unique<store::DirStore>(real_disk(), url.substr(4));
  if (const auto address = sphinx::Address::parse(url))
    return std::make_unique<sphinx::SphinxStore>(*address, config, url == config.store);
  if (url.starts_with("sphinx:"))
    throw Error(EX_USAGE, "'" + masked_url(url) + "': write sphinx://host:port or sphinx:/path/of/socket");
  throw Error(EX_USAGE, "'" + url.substr(0, url.find(':')) + "' is no kind of store: write dir:/path or sphinx://host");
}

}  // namespace alco
