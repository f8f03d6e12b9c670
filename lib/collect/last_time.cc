#include "lib/collect/last_time.h"

#include <algorithm>

#include "lib/collect/text_scanner.h"
#include "lib/disk.h"

namespace alco {
namespace {

constexpr size_t kWindow = size_t{64} << 10;
constexpr int kLines = 100;

}  // namespace

Nanoseconds last_time(int fd, const std::string& name, Nanoseconds written) {
  Disk& disk = real_disk();
  const uint64_t size = disk.size(fd, name);
  std::string data(std::min<uint64_t>(size, kWindow), '\0');
  data.resize(disk.read_at(fd, name, data.data(), data.size(), size - data.size()));
  std::string_view text = data;
  if (text.ends_with('\n')) text.remove_suffix(1);
  TextScanner scanner;
  LineHead head;
  for (int i = 0; i < kLines && !text.empty(); ++i) {
    const size_t newline = text.rfind('\n');
    // What the window cut is no whole line.
    if (newline == text.npos && size > data.size()) break;
    if (scanner.scan(text.substr(newline == text.npos ? 0 : newline + 1), written, head))
      return std::min(head.time, written);
    text = text.substr(0, newline == text.npos ? 0 : newline);
  }
  return written;
}

}  // namespace alco
