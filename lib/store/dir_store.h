#pragma once
// The directory store: a folder for each index below one folder.
#include "lib/disk.h"
#include "lib/store/store.h"

namespace alco::store {

class DirStore : public Store {
 public:
  // `path` need not exist: the first writer makes it.
  DirStore(Disk& disk, std::string path);

  std::vector<IndexName> indexes() override;
  std::shared_ptr<Reader> reader(const IndexName& index) override;
  std::unique_ptr<Writer> writer(const IndexName& index) override;
  std::string url() const override { return "dir:" + path_; }

  std::string index_path(const IndexName& index) const { return path_ + "/" + index.str(); }

 private:
  Disk& disk_;
  std::string path_;
};

}  // namespace alco::store
