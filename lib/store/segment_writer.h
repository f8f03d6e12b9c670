#pragma once
// Writes a segment file: blocks, template table, footer. doc/store-format.md describes every byte.
#include <map>
#include <string>
#include <vector>

#include "lib/disk.h"
#include "lib/store/block_builder.h"
#include "lib/store/segment_index.h"

namespace alco::store {

inline constexpr char kFormatVersion = 4;        // that is written
inline constexpr char kOldestFormatVersion = 1;  // that is read
inline constexpr std::string_view kSegmentMagic("ALCOSEG\x04", 8);
inline constexpr std::string_view kSegmentEnd("\x04GESOCLA", 8);
inline constexpr size_t kSegmentTail = 24;  // footer size (8), checksum of the footer (8), kSegmentEnd
inline constexpr size_t kFooterGap = 512;   // between the copies of footer and tail: no bad sector is in both

class SegmentWriter {
 public:
  // Creates `path`; it is no segment before finish() has returned and its name was changed.
  SegmentWriter(Disk& disk, std::string path);

  // In any number, then finish(). The block must be sealed and its templates final.
  BlockSummary add_block(BlockBuilder& block, const std::vector<FinalTemplate>& finals, Effort effort);

  // `table` is what TemplateCollector::finish() wrote. Syncs the file.
  void finish(std::string_view table);

  uint64_t size() const { return offset_; }
  uint64_t last_block_bytes() const { return blocks_.back().size; }

 private:
  struct BlockEntry {
    uint64_t offset, header_size, size;
    uint32_t header_checksum;
    BlockSummary summary;
  };

  void write(std::string_view data);
  void keep_frequent_fields();

  Disk& disk_;
  std::string path_;
  Fd fd_;
  uint64_t offset_ = 0;
  std::string buffer_;
  std::string first_header_;  // those of the other blocks are packed as what differs from it
  std::string packed_first_header_;
  std::vector<BlockEntry> blocks_;
  std::map<std::pair<std::string, Type>, uint64_t> fields_;
  uint64_t values_of_others_ = 0;  // of fields that were too many to be listed
  SegmentIndexBuilder index_;
};

}  // namespace alco::store
