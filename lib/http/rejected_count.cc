#include "lib/http/rejected_count.h"

#include <fcntl.h>

#include <algorithm>
#include <vector>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco::http {
namespace {

constexpr uint64_t kMostRead = 64 * 1024 * 1024;

}  // namespace

uint64_t RejectedCount::of(const std::string& path) {
  std::lock_guard lock(mutex_);
  Seen& seen = seen_[path];
  try {
    const Fd fd = real_disk().open_if_exists(path, O_RDONLY);
    if (!fd) return 0;
    const uint64_t size = real_disk().size(fd.get(), path);
    if (size < seen.offset) seen = {};  // a person has emptied it
    std::vector<char> block(std::min<uint64_t>(size - seen.offset, 256 * 1024));
    const uint64_t end = std::min(size, seen.offset + kMostRead);
    while (seen.offset < end) {
      const size_t got = real_disk().read_at(fd.get(), path, block.data(), block.size(), seen.offset);
      if (got == 0) break;
      seen.lines += static_cast<uint64_t>(std::count(block.data(), block.data() + got, '\n'));
      seen.offset += got;
    }
  } catch (const Error& error) {
    log::warning_limited(path, "%s", error.what());
  }
  return seen.lines;
}

}  // namespace alco::http
