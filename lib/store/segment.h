#pragma once
// An open segment file: its footer, its template table, its blocks on demand. Thread-safe.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/disk.h"
#include "lib/store/block_builder.h"
#include "lib/store/segment_index.h"
#include "lib/store/table_cache.h"

namespace alco::store {

struct BlockInfo {
  uint64_t offset = 0, header_size = 0, size = 0;
  uint32_t header_checksum = 0;
  BlockSummary summary;
};

class Segment {
 public:
  // Throws Corrupt (not a segment, damaged footer, the bytes of another segment) or Error (can't be read; EX_NOINPUT if
  // it is not there). `cache` keeps its template table; without one the segment does.
  Segment(Disk& disk, std::string path, uint64_t first_id, std::shared_ptr<TableCache> cache = nullptr);

  const std::string& path() const { return path_; }
  uint64_t first_id() const { return first_id_; }
  const std::vector<BlockInfo>& blocks() const { return blocks_; }
  uint64_t events() const { return total_.rows; }
  const BlockSummary& total() const { return total_; }  // of all blocks
  uint64_t bytes() const { return file_size_; }
  const std::map<std::pair<std::string, Type>, uint64_t>& fields() const { return fields_; }

  bool lists_all_fields() const { return lists_all_fields_; }  // false: there are rare ones beside those

  std::shared_ptr<const TemplateTable>
  templates();  // read, and mended if need be, unless somebody has it; throws Corrupt
  SegmentIndex& index() { return segment_index_; }

  // The header of a block, unpacked; the views of what is read from it live as long as the bytes.
  std::string block_header(size_t block);

  // What is damaged without anything being lost by it, since the file has it twice or can mend it. Reads it anew.
  std::vector<const char*> spare_damage() const;

  // `offset` is in the file. Throws Corrupt if the file is shorter or the checksum is another.
  std::string read(uint64_t offset, uint64_t size, uint32_t checksum) const;

 private:
  void parse_footer(ByteReader in, uint64_t footer_offset);
  std::string read(uint64_t offset, uint64_t size) const;  // unchecked
  std::string read_table() const;
  void check_name() const;
  void parse_blocks(ByteReader& in, uint64_t footer_offset);
  std::string stored_header(size_t block) const;

  Disk& disk_;
  std::string path_;
  uint64_t first_id_;
  Fd fd_;
  uint64_t file_size_ = 0;
  BlockSummary total_;
  std::vector<BlockInfo> blocks_;
  std::map<std::pair<std::string, Type>, uint64_t> fields_;
  bool lists_all_fields_ = true;
  char format_ = 0;
  uint64_t table_offset_ = 0, table_size_ = 0, parity_offset_ = 0;
  uint32_t table_checksum_ = 0;
  SegmentIndex segment_index_;
  std::once_flag first_header_once_;
  std::string packed_first_header_;  // from the footer; in format 3 it is in the first block, before that not packed
  std::string first_header_;
  std::mutex table_mutex_;
  std::shared_ptr<TableCache> cache_;
  std::weak_ptr<const TemplateTable> table_;
  std::shared_ptr<const TemplateTable> kept_table_;
};

}  // namespace alco::store
