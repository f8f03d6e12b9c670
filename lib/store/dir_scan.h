#pragma once
// Hits of a directory store in order, block by block.
#include <memory>

#include "lib/store/block_cache.h"
#include "lib/store/snapshot.h"
#include "lib/store/store.h"

namespace alco::store {

// `idle`: where it finds and leaves blocks. Throws as BlockQuery does.
std::unique_ptr<Scan> make_dir_scan(const Snapshot& snapshot, const ScanRequest& request,
                                    std::shared_ptr<BlockCache> idle);

}  // namespace alco::store
