#include "lib/store/segment_footer.h"

#include <xxhash.h>

#include <algorithm>
#include <optional>

#include "lib/store/block_format.h"
#include "lib/store/segment_writer.h"

namespace alco::store {
namespace {

constexpr uint64_t kFirstRead = 16 << 10;  // holds the whole footer of most segments
constexpr uint64_t kLongestSearch = 16 << 20;
constexpr char kTwoFooters = 4;  // the first format that has them

// The last bytes of a file.
class FileEnd {
 public:
  FileEnd(Disk& disk, int fd, const std::string& path, uint64_t file_size)
      : disk_(disk), fd_(fd), path_(path), file_size_(file_size) {}

  uint64_t file_size() const { return file_size_; }
  uint64_t begin() const { return file_size_ - bytes_.size(); }

  void need(uint64_t offset) {
    if (offset >= begin()) return;
    std::string bytes(file_size_ - offset, '\0');
    if (disk_.read_at(fd_, path_, bytes.data(), bytes.size(), offset) != bytes.size()) throw Corrupt{"file ends early"};
    bytes_ = std::move(bytes);
  }

  std::string_view at(uint64_t offset, uint64_t size) {
    need(offset);
    return std::string_view(bytes_).substr(offset - begin(), size);
  }

 private:
  Disk& disk_;
  int fd_;
  const std::string& path_;
  uint64_t file_size_;
  std::string bytes_;
};

struct Tail {
  char format;
  uint64_t footer_size, checksum;
};

// The tail that ends at `end`, if one does.
std::optional<Tail> tail_before(FileEnd& file, uint64_t end) {
  const std::string_view bytes = file.at(end - kSegmentTail, kSegmentTail);
  if (!bytes.ends_with(kSegmentEnd.substr(1))) return std::nullopt;
  ByteReader in(bytes);
  const uint64_t size = in.fixed64(), checksum = in.fixed64();
  return Tail{static_cast<char>(in.byte()), size, checksum};
}

std::optional<SegmentFooter> footer_at(FileEnd& file, uint64_t offset, const Tail& tail) {
  const std::string_view bytes = file.at(offset, tail.footer_size);
  if (kCompareChecksums && XXH3_64bits(bytes.data(), bytes.size()) != tail.checksum) return std::nullopt;
  return SegmentFooter{tail.format, offset, std::string(bytes)};
}

uint64_t both_sizes(const Tail& tail) { return 2 * (tail.footer_size + kSegmentTail) + kFooterGap; }

bool readable(const Tail& tail) { return tail.format >= kOldestFormatVersion && tail.format <= kFormatVersion; }

// Of a file whose last footer or tail is damaged: the copy before them.
std::optional<SegmentFooter> find_copy(FileEnd& file, const std::optional<Tail>& last) {
  const uint64_t size = file.file_size();
  const uint64_t room = size - kSegmentMagic.size();  // what footers and tails may take
  if (last && last->format == kTwoFooters && last->footer_size < room && both_sizes(*last) <= room)
    if (auto footer = footer_at(file, size - both_sizes(*last), *last)) return footer;
  // The tail of the copy is somewhere. What looks like one may stand in a name of a field, but only within the footer,
  // so that the longest is the true one.
  const uint64_t begin = size - std::min(room, kLongestSearch);
  std::optional<SegmentFooter> longest;
  file.need(begin);
  for (uint64_t end = size; end >= begin + kSegmentTail; --end) {
    const auto tail = tail_before(file, end);
    if (!tail || tail->format != kTwoFooters || tail->footer_size > end - kSegmentTail - begin) continue;
    // What follows the copy is the gap and as much again, or less if the file was cut off.
    if (both_sizes(*tail) < size - end + tail->footer_size + kSegmentTail) continue;
    if (longest && tail->footer_size <= longest->bytes.size()) continue;
    if (auto footer = footer_at(file, end - kSegmentTail - tail->footer_size, *tail)) longest = std::move(footer);
  }
  return longest;
}

}  // namespace

SegmentFooter read_footer(Disk& disk, int fd, const std::string& path, uint64_t file_size) {
  if (file_size < kSegmentMagic.size() + kSegmentTail) throw Corrupt{"file is too short for a segment"};
  FileEnd file(disk, fd, path, file_size);
  file.need(file_size - std::min(file_size, kFirstRead));
  const auto tail = tail_before(file, file_size);
  const bool fits = tail && tail->footer_size <= file_size - kSegmentTail;
  if (fits && readable(*tail))
    if (auto footer = footer_at(file, file_size - kSegmentTail - tail->footer_size, *tail)) return *footer;
  if (auto footer = find_copy(file, tail)) return *footer;
  if (!tail) throw Corrupt{"no end mark"};
  if (!readable(*tail)) throw Corrupt{"format version is none of 1 to 4, which this program reads"};
  throw Corrupt{"footer is damaged"};
}

bool both_footers_whole(Disk& disk, int fd, const std::string& path, uint64_t file_size) {
  FileEnd file(disk, fd, path, file_size);
  file.need(file_size - std::min(file_size, kFirstRead));
  const auto tail = tail_before(file, file_size);
  if (!tail || tail->footer_size > file_size || both_sizes(*tail) > file_size) return false;
  const uint64_t size = tail->footer_size + kSegmentTail;
  const uint64_t copy = file_size - both_sizes(*tail);
  file.need(copy);
  return footer_at(file, file_size - size, *tail) && file.at(copy, size) == file.at(file_size - size, size) &&
         file.at(copy + size, kFooterGap) == std::string(kFooterGap, '\0');
}

}  // namespace alco::store
