#pragma once
// What a segment tells of its blocks without their being read: which may hold a string, which have messages of which
// template, and which runs of letters are hidden in values. doc/store-format.md describes every byte.
//
// Of templates and letters it knows by groups of blocks that follow each other, all of one size but for the last.
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/bitmap.h"
#include "lib/store/bytes.h"
#include "lib/store/compress.h"

namespace alco::store {

class Segment;

inline constexpr size_t kGroupBlocks = 16;  // that are written; 1 in format 2

struct FilePlace {
  uint64_t offset = 0;  // in the file
  uint64_t size = 0;    // 0: there is nothing
  uint32_t checksum = 0;
};

// Collects while a segment is written. Strings are written in parts, so that memory stays bounded.
class SegmentIndexBuilder {
 public:
  void begin_block();
  // Of the block begun last: the distinct strings of a column, by filter_hash(); `ascii`: none has a byte above 127.
  void add_strings(std::string_view path, bool ascii, std::span<const uint64_t> hashes);
  void add_templates(std::span<const uint32_t> ids);  // of its messages, in the written table; in any order
  void add_hidden(std::string_view text);             // a string of its messages that stands in no template

  bool part_is_full() const;
  // Appends what was collected of strings; `out` begins at `offset` in the file.
  void put_part(std::string& out, uint64_t offset);
  // Appends all the rest, and to the footer where everything is.
  void finish(std::string& out, uint64_t offset, std::string& footer);

 private:
  void end_group();

  struct Strings {
    bool ascii = true;
    std::vector<uint64_t> entries;  // upper 48 bits of the hash, block in the part
  };
  struct Part {
    uint64_t blocks;
    FilePlace directory;
  };

  std::map<std::string, Strings, std::less<>> strings_;
  size_t entries_ = 0;
  uint64_t blocks_in_part_ = 0;
  std::vector<Part> parts_;
  struct InGroup {
    uint32_t count = 0, blocks = 0;  // as in TemplateCount
  };
  size_t blocks_in_group_ = 0;
  std::vector<InGroup> in_group_;       // by template, of the group begun last
  std::vector<std::string> templates_;  // of the groups before, encoded
  std::string hidden_;   // of the group begun last: its kinds of characters, then a bit for each four letters; or empty
  std::string letters_;  // of the groups before
  std::vector<uint64_t> letter_sizes_;
};

struct TemplateCount {
  uint32_t id;
  uint32_t count;   // of messages in the group
  uint32_t blocks;  // of the group that have it: bit i is its block i
};

// The templates in the messages of each group of a segment.
class GroupTemplates {
 public:
  GroupTemplates(std::string bytes, size_t groups, size_t group_blocks);  // throws Corrupt, as does of()
  std::vector<TemplateCount> of(size_t group) const;                      // by rising id

 private:
  std::string bytes_;
  size_t group_blocks_;
  std::vector<std::string_view> streams_;  // of each group
};

// Reads it, piece by piece as asked for. Thread-safe. What is damaged excludes nothing.
class SegmentIndex {
 public:
  // `footer` as finish() left it; at its end for a segment of format 1, which has no index. Throws Corrupt.
  void parse(ByteReader& footer, char format, size_t blocks, uint64_t file_size);

  // Clears the blocks in which no string of this path has the hash. `only_ascii`: then texts with other characters may
  // be equal too, so that they stay.
  void keep_blocks_with(const Segment& segment, std::string_view path, uint64_t hash, bool only_ascii,
                        Bitmap& blocks) const;
  bool has_strings() const { return !parts_.empty(); }

  size_t group_blocks() const { return group_blocks_; }  // blocks of a group
  size_t groups() const { return (blocks_ + group_blocks_ - 1) / group_blocks_; }

  // Null if that is not known, or damaged. Read anew at each call.
  std::unique_ptr<GroupTemplates> templates(const Segment& segment) const;

  void verify(const Segment& segment);  // reads all of it; throws Corrupt

  // False only if these letters (ASCII) stand, in any case, in no string of the group's messages that is part of no
  // template.
  bool may_hide(const Segment& segment, size_t group, std::string_view letters, bool ignore_case);

 private:
  struct Part {
    size_t first_block, blocks;
    FilePlace directory;
  };
  struct Sought {
    std::string_view path;
    uint64_t hash;
    bool only_ascii;
  };
  static void find_in(const Segment& segment, const Part& part, const Sought& sought, Bitmap& found);
  bool hides(const Segment& segment, size_t group, std::string_view letters, bool ignore_case);
  std::unique_ptr<GroupTemplates> read_templates(const Segment& segment) const;
  void load_letters(const Segment& segment);
  std::string read_letters(const Segment& segment, size_t group);

  std::vector<Part> parts_;
  size_t blocks_ = 0, group_blocks_ = 1;
  FilePlace templates_place_, letters_place_;  // of letters: how long the piece of each group is, and its checksum
  bool known_ = false;
  std::mutex mutex_;
  std::vector<FilePlace> letters_;  // of each group
};

}  // namespace alco::store
