#include "lib/store/segment_writer.h"

#include <fcntl.h>
#include <xxhash.h>

namespace alco::store {

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
  uint64_t header_size = 0;
  index_.begin_block();
  block.describe(index_, finals);
  const BlockSummary summary = block.encode(buffer_, header_size, finals, effort);
  const std::string_view header = std::string_view(buffer_).substr(start, header_size);
  blocks_.push_back({offset_ + start, header_size, buffer_.size() - start, checksum32(header), summary});
  for (const ColumnInfo& column : get_block_header(ByteReader(header)).columns)
    if (!column.is_message) fields_[{std::string(column.path), column.type}] += column.values;
  if (index_.part_is_full()) index_.put_part(buffer_, offset_);
  write(buffer_);
  buffer_.clear();
  return summary;
}

void SegmentWriter::finish(std::string_view table) {
  const uint64_t table_offset = offset_ + buffer_.size();
  buffer_ += table;
  std::string footer;
  put_varint(footer, table_offset);
  put_varint(footer, table.size());
  put_fixed32(footer, checksum32(table));
  put_varint(footer, blocks_.size());
  for (const BlockEntry& block : blocks_) {
    put_varint(footer, block.offset);
    put_varint(footer, block.header_size);
    put_varint(footer, block.size);
    put_fixed32(footer, block.header_checksum);
    put_varint(footer, block.summary.rows);
    put_signed(footer, block.summary.min_time);
    put_varint(footer, static_cast<uint64_t>(block.summary.max_time) - static_cast<uint64_t>(block.summary.min_time));
    put_varint(footer, block.summary.min_id);
    put_varint(footer, block.summary.max_id - block.summary.min_id);
  }
  put_varint(footer, fields_.size());
  for (const auto& [field, values] : fields_) {
    put_string(footer, field.first);
    footer += static_cast<char>(field.second);
    put_varint(footer, values);
  }
  index_.finish(buffer_, offset_, footer);
  buffer_ += footer;
  put_fixed64(buffer_, footer.size());
  put_fixed64(buffer_, XXH3_64bits(footer.data(), footer.size()));
  buffer_ += kSegmentEnd;
  write(buffer_);
  buffer_.clear();
  disk_.sync(fd_.get(), path_);
  fd_.reset();
}

}  // namespace alco::store
