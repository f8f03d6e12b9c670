#include "lib/store/segment.h"

#include <fcntl.h>
#include <xxhash.h>

#include <algorithm>

#include "lib/error.h"
#include "lib/store/index_folder.h"
#include "lib/store/segment_writer.h"

namespace alco::store {
namespace {

constexpr uint64_t kFirstRead = 16 << 10;  // holds the whole footer of most segments
constexpr size_t kMaxBlocks = 1 << 20;
constexpr size_t kMaxFields = 1 << 20;

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
constexpr bool kCompareChecksums = false;  // or no fuzzer would get past them
#else
constexpr bool kCompareChecksums = true;
#endif

void add_to(BlockSummary& total, const BlockSummary& block) {
  const bool first = total.rows == 0;
  total.rows += block.rows;
  total.min_time = first ? block.min_time : std::min(total.min_time, block.min_time);
  total.max_time = first ? block.max_time : std::max(total.max_time, block.max_time);
  total.min_id = first ? block.min_id : std::min(total.min_id, block.min_id);
  total.max_id = first ? block.max_id : std::max(total.max_id, block.max_id);
}

}  // namespace

Segment::Segment(Disk& disk, std::string path, uint64_t first_id, std::shared_ptr<TableCache> cache)
    : disk_(disk),
      path_(std::move(path)),
      first_id_(first_id),
      fd_(disk_.open_if_exists(path_, O_RDONLY)),
      cache_(std::move(cache)) {
  if (!fd_) throw Error(EX_NOINPUT, path_ + ": no such file");
  file_size_ = disk_.size(fd_.get(), path_);
  if (file_size_ < kSegmentMagic.size() + kSegmentTail) throw Corrupt{"file is too short for a segment"};
  const uint64_t size = std::min(file_size_, kFirstRead);
  std::string end(size, '\0');
  if (disk_.read_at(fd_.get(), path_, end.data(), size, file_size_ - size) != size) throw Corrupt{"file ends early"};
  if (!std::string_view(end).ends_with(kSegmentEnd.substr(1))) throw Corrupt{"no end mark"};
  format_ = end[end.size() - kSegmentEnd.size()];
  if (format_ < kOldestFormatVersion || format_ > kFormatVersion)
    throw Corrupt{"format version is none of 1 to 3, which this program reads"};
  ByteReader tail(std::string_view(end).substr(end.size() - kSegmentTail));
  const uint64_t footer_size = tail.fixed64();
  const uint64_t checksum = tail.fixed64();
  if (footer_size > file_size_ - kSegmentTail) throw Corrupt{"footer is damaged"};
  const uint64_t footer_offset = file_size_ - kSegmentTail - footer_size;
  std::string footer;
  if (footer_size + kSegmentTail <= size) {
    footer = end.substr(size - kSegmentTail - footer_size, footer_size);
  } else {
    footer.resize(footer_size);
    if (disk_.read_at(fd_.get(), path_, footer.data(), footer_size, footer_offset) != footer_size)
      throw Corrupt{"file ends early"};
  }
  if (kCompareChecksums && XXH3_64bits(footer.data(), footer.size()) != checksum) throw Corrupt{"footer is damaged"};
  parse_footer(ByteReader(footer), footer_offset);
  check_name();
}

// A file that was copied over another has good checksums, but other ids or times than its name and folder say.
void Segment::check_name() const {
  const size_t name_at = path_.rfind('/') + 1;
  const auto name = SegmentName::parse(std::string_view(path_).substr(name_at));
  if (!name || total_.rows == 0) return;
  if (name->last != first_id_ + total_.max_id) throw Corrupt{"holds other ids than its name says"};
  const size_t day_at = name_at > 1 ? path_.rfind('/', name_at - 2) + 1 : name_at;
  const auto day = parse_day_name(std::string_view(path_).substr(day_at, name_at - std::min(name_at, day_at + 1)));
  if (day && (utc_day(total_.min_time) != *day || utc_day(total_.max_time) != *day))
    throw Corrupt{"holds events of another day than its folder"};
}

void Segment::parse_footer(ByteReader in, uint64_t footer_offset) {
  table_offset_ = in.varint();
  table_size_ = in.varint();
  table_checksum_ = in.fixed32();
  if (table_offset_ > footer_offset || table_size_ > footer_offset - table_offset_) throw Corrupt{"footer is damaged"};
  parse_blocks(in, footer_offset);
  for (size_t left = in.count(kMaxFields); left > 0; --left) {
    std::string name(in.string());
    const auto type = static_cast<Type>(in.byte());
    fields_[{std::move(name), type}] = in.varint();
  }
  segment_index_.parse(in, format_, blocks_.size(), footer_offset);
}

void Segment::parse_blocks(ByteReader& in, uint64_t footer_offset) {
  blocks_.resize(in.count(kMaxBlocks));
  const bool differences = format_ > 2;  // to the block before
  uint64_t end = 0, time = 0, id = 0;
  for (BlockInfo& block : blocks_) {
    block.offset = end + in.varint();
    block.header_size = in.varint();
    block.size = in.varint();
    block.header_checksum = in.fixed32();
    block.summary.rows = in.count(kMaxBlockRows);
    const uint64_t min_time = time + static_cast<uint64_t>(in.signed_varint());
    block.summary.min_time = static_cast<int64_t>(min_time);
    block.summary.max_time = static_cast<int64_t>(min_time + in.varint());
    block.summary.min_id = differences ? id + static_cast<uint64_t>(in.signed_varint()) : in.varint();
    block.summary.max_id = block.summary.min_id + in.varint();
    if (block.offset > footer_offset || block.size > footer_offset - block.offset || block.header_size > block.size)
      throw Corrupt{"footer is damaged"};
    add_to(total_, block.summary);
    if (!differences) continue;
    end = block.offset + block.size;
    time = min_time;
    id = block.summary.min_id;
  }
}

std::string Segment::stored_header(size_t block) const {
  const BlockInfo& info = blocks_[block];
  return read(info.offset, info.header_size, info.header_checksum);
}

std::string Segment::block_header(size_t block) {
  std::string stored = stored_header(block);
  if (format_ < 3) return stored;
  std::call_once(first_header_once_, [&] {
    const std::string first = block == 0 ? stored : stored_header(0);
    ByteReader in(first);
    std::string buffer;
    first_header_ = get_packed(in, buffer);
  });
  if (block == 0) return first_header_;
  ByteReader in(stored);
  std::string buffer;
  const std::string_view header = get_packed(in, buffer, first_header_);
  return header.data() == buffer.data() ? std::move(buffer) : std::string(header);
}

std::shared_ptr<const TemplateTable> Segment::templates() {
  std::lock_guard lock(table_mutex_);
  auto table = table_.lock();
  if (!table) {
    table = std::make_shared<const TemplateTable>(read(table_offset_, table_size_, table_checksum_), format_);
    table_ = table;
  }
  if (cache_)
    cache_->use(table);
  else
    kept_table_ = table;
  return table;
}

std::string Segment::read(uint64_t offset, uint64_t size, uint32_t checksum) const {
  if (offset > file_size_ || size > file_size_ - offset) throw Corrupt{"file ends early"};
  std::string data(size, '\0');
  if (disk_.read_at(fd_.get(), path_, data.data(), size, offset) != size) throw Corrupt{"file ends early"};
  if (kCompareChecksums && checksum32(data) != checksum) throw Corrupt{"checksum does not match"};
  return data;
}

}  // namespace alco::store
