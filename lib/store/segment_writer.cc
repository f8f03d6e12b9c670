#include "lib/store/segment_writer.h"

#include <fcntl.h>
#include <xxhash.h>

#include <algorithm>

#include "lib/store/parity.h"

namespace alco::store {
namespace {

constexpr size_t kMostFields = 1 << 20;  // listed in the footer, with their types

}  // namespace

SegmentWriter::SegmentWriter(Disk& disk, std::string path)
    : disk_(disk), path_(std::move(path)), fd_(disk_.open(path_, O_WRONLY | O_CREAT | O_TRUNC)) {
  buffer_ = kSegmentMagic;
}

void SegmentWriter::write(std::string_view data) {
  disk_.write(fd_.get(), path_, data);
  offset_ += data.size();
}

BlockSummary SegmentWriter::add_block(BlockBuilder& block, const std::vector<FinalTemplate>& finals, Effort effort) {
  const size_t start = buffer_.size();  // not 0 for the first block: the magic goes before it
  index_.begin_block();
  block.describe(index_, finals);
  BlockHeader header;
  std::string body, bytes;
  const BlockSummary summary = block.encode(header, body, finals, effort);
  put_block_header(bytes, header);
  // That of the first block, which the others need, goes into the footer, which is there twice.
  put_packed(blocks_.empty() ? packed_first_header_ : buffer_, bytes, effort, first_header_);
  const size_t header_size = buffer_.size() - start;
  const uint32_t checksum = checksum32(std::string_view(buffer_).substr(start));
  buffer_ += body;
  blocks_.push_back({offset_ + start, header_size, buffer_.size() - start, checksum, summary});
  for (const ColumnInfo& column : header.columns)
    if (!column.is_message) fields_[{std::string(column.path), column.type}] += column.values;
  if (fields_.size() > 2 * kMostFields) keep_frequent_fields();
  if (blocks_.size() == 1) first_header_ = std::move(bytes);
  if (index_.part_is_full()) index_.put_part(buffer_, offset_);
  write(buffer_);
  buffer_.clear();
  return summary;
}

void SegmentWriter::keep_frequent_fields() {
  std::vector<uint64_t> counts;
  for (const auto& [field, values] : fields_) counts.push_back(values);
  const auto least = counts.end() - static_cast<ptrdiff_t>(kMostFields);
  std::nth_element(counts.begin(), least, counts.end());
  size_t rare = kMostFields;  // of the least frequent that stay, as many as there is room for
  for (const auto& [field, values] : fields_) rare -= values > *least;
  for (auto at = fields_.begin(); at != fields_.end();) {
    const uint64_t values = at->second;
    if (values > *least || (values == *least && rare > 0)) {
      rare -= values == *least;
      ++at;
    } else {
      values_of_others_ += values;
      at = fields_.erase(at);
    }
  }
}

void SegmentWriter::finish(std::string_view table) {
  const uint64_t table_offset = offset_ + buffer_.size();
  buffer_ += table;
  std::string footer;
  put_varint(footer, table_offset);
  put_varint(footer, table.size());
  put_fixed32(footer, checksum32(table));
  put_string(footer, packed_first_header_);
  put_varint(footer, blocks_.size());
  uint64_t end = 0, time = 0, id = 0;  // of the block before
  for (const BlockEntry& block : blocks_) {
    const auto min_time = static_cast<uint64_t>(block.summary.min_time);
    put_varint(footer, block.offset - end);
    put_varint(footer, block.header_size);
    put_varint(footer, block.size);
    put_fixed32(footer, block.header_checksum);
    put_varint(footer, block.summary.rows);
    put_signed(footer, static_cast<int64_t>(min_time - time));
    put_varint(footer, static_cast<uint64_t>(block.summary.max_time) - min_time);
    put_signed(footer, static_cast<int64_t>(block.summary.min_id - id));
    put_varint(footer, block.summary.max_id - block.summary.min_id);
    end = block.offset + block.size;
    time = min_time;
    id = block.summary.min_id;
  }
  if (fields_.size() > kMostFields) keep_frequent_fields();
  const auto put_field = [&](std::string_view path, Type type, uint64_t values) {
    put_string(footer, path);
    footer += static_cast<char>(type);
    put_varint(footer, values);
  };
  const bool others = values_of_others_ > 0;
  put_varint(footer, fields_.size() + others);
  for (const auto& [field, values] : fields_) put_field(field.first, field.second, values);
  if (others) put_field("", Type::absent, values_of_others_);
  index_.finish(buffer_, offset_, footer);
  // Not beside the table, or one bad sector could be in both.
  put_varint(footer, offset_ + buffer_.size());
  buffer_ += parity_of(table);
  for (int copy = 0; copy < 2; ++copy) {
    if (copy > 0) buffer_.append(kFooterGap, '\0');
    buffer_ += footer;
    put_fixed64(buffer_, footer.size());
    put_fixed64(buffer_, XXH3_64bits(footer.data(), footer.size()));
    buffer_ += kSegmentEnd;
  }
  write(buffer_);
  buffer_.clear();
  disk_.sync(fd_.get(), path_);
  fd_.reset();
}

}  // namespace alco::store
