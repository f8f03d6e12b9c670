#include "lib/sphinx/sphinx_store.h"

#include <algorithm>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/sphinx/mysql_library.h"
#include "lib/sphinx/sphinx_reader.h"
#include "lib/sphinx/sphinx_writer.h"
#include "lib/sphinx/tables.h"

namespace alco::sphinx {

std::optional<int> SphinxStore::days_kept(const IndexName& index) const {
  const auto settings = config_.indexes.find(index.str());
  if (!rotated_ || settings == config_.indexes.end()) return std::nullopt;
  return settings->second.searchd_days();
}

std::vector<IndexName> SphinxStore::indexes() { return connections_->with(served_indexes); }

std::shared_ptr<Reader> SphinxStore::reader(const IndexName& index) {
  const std::vector<IndexName> all = indexes();
  if (std::find(all.begin(), all.end(), index) != all.end())
    return std::make_shared<SphinxReader>(connections_, index, days_kept(index));
  std::string known;
  for (const IndexName& name : all) known += (known.empty() ? "" : ", ") + name.str();
  throw Error(EX_NOINPUT, "no index '" + index.str() + "' in " + url() +
                              (known.empty() ? ": it has none yet" : "; there are: " + known));
}

std::unique_ptr<Writer> SphinxStore::writer(const IndexName& index) {
  mysql_library();  // if it is missing, that is told before anything is written
  return make_sphinx_writer(real_disk(), connections_->address(), config_, index, days_kept(index));
}

}  // namespace alco::sphinx
