#include "lib/sphinx/sphinx_store.h"

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/sphinx/sphinx_writer.h"

namespace alco::sphinx {

std::vector<IndexName> SphinxStore::indexes() {
  std::vector<IndexName> names;
  Client client(address_);
  Rows rows = client.query("SHOW TABLES");
  while (rows.next())
    if (rows.text(1) == "distributed" && !rows.text(0).ends_with("_distr"))
      if (const auto name = IndexName::parse(std::string(rows.text(0)))) names.push_back(*name);
  return names;
}

std::shared_ptr<Reader> SphinxStore::reader(const IndexName& index) {
  throw Error(EX_UNAVAILABLE, url() + ": " + index.str() + ": can be written to, not yet searched");
}

std::unique_ptr<Writer> SphinxStore::writer(const IndexName& index) {
  return make_sphinx_writer(real_disk(), address_, config_, index);
}

}  // namespace alco::sphinx
