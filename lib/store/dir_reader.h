#pragma once
// Reads one index of a directory store.
#include <memory>
#include <mutex>

#include "lib/store/block_cache.h"
#include "lib/store/snapshot.h"
#include "lib/store/store.h"

namespace alco::store {

class DirReader : public Reader {
 public:
  explicit DirReader(IndexFolder folder) : source_(std::move(folder)) {}

  std::unique_ptr<Scan> scan(const ScanRequest& request) override;
  CountResult count(const ScanRequest& request) override;
  Histogram histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                      const std::string& split_field) override;
  TopValues top(const ScanRequest& request, const std::string& field, size_t limit) override;
  std::optional<Position> find_id(uint64_t id, const std::atomic<bool>* cancel) override;
  std::vector<FieldInfo> fields() override;
  Summary summary(const std::atomic<bool>* cancel) override;
  uint64_t newest_mark() override { return summary(nullptr).newest_id; }

 private:
  SnapshotSource source_;
  std::mutex mutex_;
  std::weak_ptr<BlockCache> idle_;  // shared by the scans that are open; gone with the last, as are its files
};

}  // namespace alco::store
