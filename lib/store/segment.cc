#include "lib/store/segment.h"

#include <fcntl.h>

#include <algorithm>

#include "lib/error.h"
#include "lib/store/index_folder.h"
#include "lib/store/parity.h"
#include "lib/store/segment_footer.h"
#include "lib/store/segment_writer.h"

namespace alco::store {
namespace {

constexpr size_t kMaxBlocks = 1 << 20;
constexpr size_t kMaxFields = 1 << 24;

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
  const SegmentFooter footer = read_footer(disk_, fd_.get(), path_, file_size_);
  format_ = footer.format;
  parse_footer(ByteReader(footer.bytes), footer.offset);
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
  if (format_ > 3) packed_first_header_ = in.string();
  parse_blocks(in, footer_offset);
  for (size_t left = in.count(kMaxFields); left > 0; --left) {
    std::string name(in.string());
    const auto type = static_cast<Type>(in.byte());
    const uint64_t values = in.varint();
    if (type == Type::absent)
      lists_all_fields_ = false;
    else
      fields_[{std::move(name), type}] = values;
  }
  segment_index_.parse(in, format_, blocks_.size(), footer_offset);
  if (format_ > 3) parity_offset_ = in.varint();
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
  if (format_ < 3) return stored_header(block);
  std::call_once(first_header_once_, [&] {
    const std::string first = format_ == 3 ? stored_header(0) : packed_first_header_;
    ByteReader in(first);
    std::string buffer;
    first_header_ = get_packed(in, buffer);
  });
  if (block == 0) return first_header_;
  const std::string stored = stored_header(block);
  ByteReader in(stored);
  std::string buffer;
  const std::string_view header = get_packed(in, buffer, first_header_);
  return header.data() == buffer.data() ? std::move(buffer) : std::string(header);
}

std::shared_ptr<const TemplateTable> Segment::templates() {
  std::lock_guard lock(table_mutex_);
  auto table = table_.lock();
  if (!table) {
    table = std::make_shared<const TemplateTable>(read_table(), format_);
    table_ = table;
  }
  if (cache_)
    cache_->use(table);
  else
    kept_table_ = table;
  return table;
}

std::string Segment::read_table() const {
  std::string table = read(table_offset_, table_size_);
  if (!kCompareChecksums || checksum32(table) == table_checksum_) return table;
  if (format_ > 3 && mend(table, read(parity_offset_, parity_size(table_size_)), table_checksum_)) return table;
  throw Corrupt{"template table is damaged"};
}

std::vector<const char*> Segment::spare_damage() const {
  std::vector<const char*> damage;
  const std::string magic = read(0, kSegmentMagic.size());
  if (!magic.starts_with(kSegmentMagic.substr(0, kSegmentMagic.size() - 1)) || magic.back() != format_)
    damage.push_back("the mark at its beginning is damaged");
  if (format_ < 4) return damage;
  if (!both_footers_whole(disk_, fd_.get(), path_, file_size_)) damage.push_back("one of two footers is damaged");
  const std::string parity = read(parity_offset_, parity_size(table_size_));
  const std::string stored = read(table_offset_, table_size_);
  std::string table = stored;
  if (checksum32(table) != table_checksum_ && !mend(table, parity, table_checksum_)) return damage;  // more than spare
  if (table != stored)
    damage.push_back("template table is damaged, but can be mended");
  else if (parity_of(table) != parity)
    damage.push_back("what could mend the template table is damaged");
  return damage;
}

std::string Segment::read(uint64_t offset, uint64_t size) const {
  if (offset > file_size_ || size > file_size_ - offset) throw Corrupt{"file ends early"};
  std::string data(size, '\0');
  if (disk_.read_at(fd_.get(), path_, data.data(), size, offset) != size) throw Corrupt{"file ends early"};
  return data;
}

std::string Segment::read(uint64_t offset, uint64_t size, uint32_t checksum) const {
  std::string data = read(offset, size);
  if (kCompareChecksums && checksum32(data) != checksum) throw Corrupt{"checksum does not match"};
  return data;
}

}  // namespace alco::store
