#pragma once
// The segments of an index at one moment, open.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/store/index_folder.h"
#include "lib/store/segment.h"

namespace alco::store {

struct Snapshot {
  std::vector<std::shared_ptr<Segment>> segments;  // by day, then by id
  std::vector<std::string> days;                   // of each segment
  std::vector<std::string> damaged;                // what can't be read, and why
};

inline constexpr size_t kKeptTables = size_t{6} << 20;  // bytes; two large segments of a day are 4 MB

// Keeps segments open from call to call. Thread-safe.
class SnapshotSource {
 public:
  explicit SnapshotSource(IndexFolder folder) : folder_(std::move(folder)) {}

  // All that was committed before the call. Throws Error(EX_IOERR) if a folder can't be read.
  Snapshot take();
  const IndexFolder& folder() const { return folder_; }

 private:
  bool try_take(Snapshot& snapshot);

  IndexFolder folder_;
  std::shared_ptr<TableCache> tables_ = std::make_shared<TableCache>(kKeptTables);
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Segment>> open_;
  std::map<std::string, std::string> damaged_;
};

}  // namespace alco::store
