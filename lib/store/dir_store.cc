#include "lib/store/dir_store.h"

#include "lib/error.h"
#include "lib/store/dir_reader.h"
#include "lib/store/dir_writer.h"

namespace alco {
namespace store {

DirStore::DirStore(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {
  while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
  if (path_.empty()) throw Error(EX_USAGE, "dir: store without a path: write dir:/path/of/folder");
}

std::vector<IndexName> DirStore::indexes() {
  std::vector<IndexName> names;
  for (const std::string& name : disk_.list(path_)) {
    const auto index = IndexName::parse(name);
    if (!index) continue;
    if (IndexFolder(disk_, path_ + "/" + name).exists()) names.push_back(*index);
  }
  return names;
}

std::shared_ptr<Reader> DirStore::reader(const IndexName& index) {
  IndexFolder folder(disk_, index_path(index));
  if (folder.exists()) return std::make_shared<DirReader>(std::move(folder));
  std::string known;
  for (const IndexName& name : indexes()) known += (known.empty() ? "" : ", ") + name.str();
  throw Error(EX_NOINPUT, "no index '" + index.str() + "' in " + url() +
                              (known.empty() ? ": it has none yet" : "; there are: " + known));
}

std::unique_ptr<Writer> DirStore::writer(const IndexName& index) {
  return std::make_unique<DirWriter>(disk_, index_path(index));
}

}  // namespace store
}  // namespace alco
