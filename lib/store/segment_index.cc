#include "lib/store/segment_index.h"

#include <algorithm>
#include <bit>

#include "lib/store/block_format.h"
#include "lib/store/int_codec.h"
#include "lib/store/segment.h"

namespace alco::store {
namespace {

constexpr size_t kMaxPartBlocks = 256;
constexpr size_t kMaxPartEntries = size_t{2} << 20;  // 16 MB
constexpr size_t kPageEntries = 512;
constexpr size_t kMostGroups = 64;
constexpr size_t kGroupEntries = 8;
constexpr size_t kMostColumnsInPart = size_t{1} << 19;  // a part that has more takes no further block
constexpr size_t kMaxColumnsInPart = size_t{1} << 22;
constexpr uint64_t kMaxEntries = size_t{1} << 26;

constexpr size_t kGram = 4;
constexpr size_t kGrams = size_t{26} * 26 * 26 * 26;
constexpr size_t kLetterBytes = 1 + (kGrams + 7) / 8;  // whether there are characters above 127, then the grams

// An entry of 16 bits: the block in the lower ones, bits of the hash in the others.
unsigned block_bits(uint64_t blocks) { return blocks < 2 ? 0 : static_cast<unsigned>(std::bit_width(blocks - 1)); }
uint64_t page_of(uint64_t hash, uint64_t pages) { return (hash >> 32) * pages >> 32; }
size_t group_of(uint64_t hash, size_t groups) { return (hash >> 32) & (groups - 1); }
uint64_t mark_of(uint64_t hash, unsigned bits) { return (hash >> 16 & 0xffff) >> bits << bits; }

size_t pages_for(size_t entries) { return std::max<size_t>(1, entries / kPageEntries); }
size_t groups_for(size_t entries, size_t pages) {
  return std::min(kMostGroups, std::bit_ceil(std::max<size_t>(1, entries / pages / kGroupEntries)));
}

void put_place(std::string& out, const FilePlace& place) {
  put_varint(out, place.size);
  if (place.size == 0) return;
  put_varint(out, place.offset);
  put_fixed32(out, place.checksum);
}

FilePlace get_place(ByteReader& in, uint64_t file_size) {
  FilePlace place;
  place.size = in.varint();
  if (place.size == 0) return place;
  place.offset = in.varint();
  place.checksum = in.fixed32();
  if (place.offset > file_size || place.size > file_size - place.offset) throw Corrupt{"footer is damaged"};
  return place;
}

std::string read(const Segment& segment, const FilePlace& place) {
  return segment.read(place.offset, place.size, place.checksum);
}

// Calls visit(number) for each four letters in a row, a to z, as a number to the base of 26.
template <class Visit>
void each_gram(std::string_view text, Visit visit) {
  size_t run = 0;
  size_t number = 0;
  for (char c : text) {
    const auto letter = static_cast<unsigned char>((c | 0x20) - 'a');
    if (letter >= 26) {
      run = 0;
      continue;
    }
    number = (number * 26 + letter) % kGrams;
    if (++run >= kGram) visit(number);
  }
}

}  // namespace

void SegmentIndexBuilder::begin_block() {
  if (blocks_in_group_ == kGroupBlocks) end_group();
  ++blocks_in_group_;
  ++blocks_in_part_;
}

void SegmentIndexBuilder::add_strings(std::string_view path, bool ascii, std::span<const uint64_t> hashes) {
  auto at = strings_.find(path);
  if (at == strings_.end()) at = strings_.emplace(path, Strings{}).first;
  at->second.ascii = at->second.ascii && ascii;
  for (uint64_t hash : hashes) at->second.entries.push_back((hash & ~uint64_t{0xffff}) | (blocks_in_part_ - 1));
  entries_ += hashes.size();
}

void SegmentIndexBuilder::add_templates(std::span<const uint32_t> ids) {
  for (uint32_t id : ids) {
    if (id >= in_group_.size()) in_group_.resize(id + 1);
    ++in_group_[id].count;
    in_group_[id].blocks |= 1u << (blocks_in_group_ - 1);
  }
}

void SegmentIndexBuilder::add_hidden(std::string_view text) {
  if (hidden_.empty()) hidden_.resize(kLetterBytes);
  for (char c : text)
    if (static_cast<signed char>(c) < 0) hidden_[0] = 1;
  each_gram(text, [&](size_t number) { hidden_[1 + number / 8] |= static_cast<char>(1 << number % 8); });
}

void SegmentIndexBuilder::end_group() {
  if (blocks_in_group_ == 0) return;
  std::string& out = templates_.emplace_back();
  std::vector<uint64_t> gaps, counts, blocks;
  uint64_t last = 0;
  for (size_t id = 0; id < in_group_.size(); ++id) {
    if (in_group_[id].count == 0) continue;
    gaps.push_back(id - last);
    counts.push_back(in_group_[id].count);
    blocks.push_back(in_group_[id].blocks);
    last = id;
  }
  if (!gaps.empty()) {
    put_varint(out, gaps.size());
    for (const auto* numbers : {&gaps, &counts, &blocks}) put_ints(out, *numbers, Effort::fast);
  }
  in_group_.clear();
  blocks_in_group_ = 0;
  const size_t start = letters_.size();
  if (!hidden_.empty()) put_packed(letters_, hidden_, Effort::fast);
  hidden_.clear();
  letter_sizes_.push_back(letters_.size() - start);
}

bool SegmentIndexBuilder::part_is_full() const {
  return blocks_in_part_ >= kMaxPartBlocks || entries_ >= kMaxPartEntries || strings_.size() >= kMostColumnsInPart;
}

void SegmentIndexBuilder::put_part(std::string& out, uint64_t offset) {
  std::string directory;
  put_varint(directory, strings_.size());
  const unsigned bits = block_bits(blocks_in_part_);
  std::string list;
  for (auto& [path, strings] : strings_) {
    std::vector<uint64_t>& entries = strings.entries;
    std::sort(entries.begin(), entries.end());
    const size_t pages = pages_for(entries.size());
    const size_t groups = groups_for(entries.size(), pages);
    list.clear();
    put_varint(list, entries.size());
    put_varint(list, offset + out.size());
    size_t at = 0;
    for (size_t page = 0; page < pages; ++page) {
      std::vector<std::vector<uint16_t>> grouped(groups);
      for (; at < entries.size() && page_of(entries[at], pages) == page; ++at)
        grouped[group_of(entries[at], groups)].push_back(
            static_cast<uint16_t>(mark_of(entries[at], bits) | (entries[at] & 0xffff)));
      const size_t start = out.size();
      for (const auto& group : grouped) put_varint(out, group.size());
      for (const auto& group : grouped) out.append(reinterpret_cast<const char*>(group.data()), group.size() * 2);
      put_varint(list, out.size() - start);
      put_fixed32(list, checksum32(std::string_view(out).substr(start)));
    }
    put_string(directory, path);
    directory += static_cast<char>(strings.ascii);
    put_string(directory, list);
  }
  parts_.push_back({blocks_in_part_, {offset + out.size(), directory.size(), checksum32(directory)}});
  out += directory;
  strings_.clear();
  entries_ = 0;
  blocks_in_part_ = 0;
}

void SegmentIndexBuilder::finish(std::string& out, uint64_t offset, std::string& footer) {
  end_group();
  if (blocks_in_part_ > 0) put_part(out, offset);
  put_varint(footer, parts_.size());
  for (const Part& part : parts_) {
    put_varint(footer, part.blocks);
    put_place(footer, part.directory);
  }
  std::string templates;
  for (const std::string& group : templates_) put_string(templates, group);
  put_place(footer, {offset + out.size(), templates.size(), checksum32(templates)});
  out += templates;
  std::string pieces;
  put_varint(pieces, offset + out.size());
  size_t at = 0;
  for (uint64_t size : letter_sizes_) {
    put_varint(pieces, size);
    if (size > 0) put_fixed32(pieces, checksum32(std::string_view(letters_).substr(at, size)));
    at += size;
  }
  out += letters_;
  put_place(footer, {offset + out.size(), pieces.size(), checksum32(pieces)});
  out += pieces;
}

void SegmentIndex::parse(ByteReader& footer, char format, size_t blocks, uint64_t file_size) {
  blocks_ = blocks;
  group_blocks_ = format < 3 ? 1 : kGroupBlocks;
  if (footer.empty()) return;
  size_t covered = 0;
  for (size_t left = footer.count(blocks); left > 0; --left) {
    const size_t count = footer.count(kMaxPartBlocks);
    parts_.push_back({covered, count, get_place(footer, file_size)});
    covered += count;
  }
  if (covered != blocks) throw Corrupt{"footer is damaged"};
  templates_place_ = get_place(footer, file_size);
  letters_place_ = get_place(footer, file_size);
  known_ = true;
}

// Sets the blocks of a part in which a string of this path has the hash.
void SegmentIndex::find_in(const Segment& segment, const Part& part, const Sought& sought, Bitmap& found) {
  const std::string directory = read(segment, part.directory);
  ByteReader in(directory);
  for (size_t left = in.count(kMaxColumnsInPart); left > 0; --left) {
    const std::string_view name = in.string();
    const bool ascii = in.byte() != 0;
    ByteReader list(in.string());
    if (name != sought.path) continue;
    if (sought.only_ascii && !ascii) {
      for (size_t i = 0; i < part.blocks; ++i) found.set(part.first_block + i);
      continue;
    }
    const size_t entries = list.count(kMaxEntries);
    FilePlace place{list.varint(), 0, 0};
    const size_t pages = pages_for(entries), groups = groups_for(entries, pages);
    for (uint64_t page = 0;; ++page) {
      place.size = list.varint();
      place.checksum = list.fixed32();
      if (page == page_of(sought.hash, pages)) break;
      place.offset += place.size;
    }
    const std::string bytes = read(segment, place);
    ByteReader page(bytes);
    uint64_t before = 0, count = 0;
    for (size_t group = 0; group < groups; ++group) {
      const uint64_t size = page.count(kMaxEntries);
      if (group < group_of(sought.hash, groups)) before += size;
      if (group == group_of(sought.hash, groups)) count = size;
    }
    page.bytes(before * 2);
    const std::string_view marks = page.bytes(count * 2);
    const unsigned bits = block_bits(part.blocks);
    for (size_t i = 0; i < count; ++i) {
      uint16_t entry;
      memcpy(&entry, marks.data() + i * 2, 2);
      const size_t block = entry & ((1u << bits) - 1);
      if ((entry ^ mark_of(sought.hash, bits)) >> bits == 0 && block < part.blocks) found.set(part.first_block + block);
    }
  }
}

void SegmentIndex::keep_blocks_with(const Segment& segment, std::string_view path, uint64_t hash, bool only_ascii,
                                    Bitmap& blocks) const {
  Bitmap found(blocks.rows());
  for (const Part& part : parts_) {
    try {
      find_in(segment, part, {path, hash, only_ascii}, found);
    } catch (const Corrupt&) {
      for (size_t i = 0; i < part.blocks; ++i) found.set(part.first_block + i);
    }
  }
  blocks &= found;
}

GroupTemplates::GroupTemplates(std::string bytes, size_t groups, size_t group_blocks)
    : bytes_(std::move(bytes)), group_blocks_(group_blocks) {
  ByteReader in(bytes_);
  for (size_t i = 0; i < groups; ++i) streams_.push_back(in.string());
}

std::vector<TemplateCount> GroupTemplates::of(size_t group) const {
  std::vector<TemplateCount> counts;
  ByteReader in(streams_.at(group));
  if (in.empty()) return counts;
  const size_t size = in.count(kMaxBlockRows * group_blocks_);
  std::vector<uint32_t> gaps, numbers, blocks(size, 1);
  get_ints(in, size, gaps);
  get_ints(in, size, numbers);
  if (group_blocks_ > 1) get_ints(in, size, blocks);
  uint32_t id = 0;
  for (size_t i = 0; i < size; ++i) counts.push_back({id += gaps[i], numbers[i], blocks[i]});
  return counts;
}

std::unique_ptr<GroupTemplates> SegmentIndex::templates(const Segment& segment) const {
  if (!known_ || templates_place_.size == 0) return nullptr;
  try {
    return read_templates(segment);
  } catch (const Corrupt&) {
    return nullptr;
  }
}

std::unique_ptr<GroupTemplates> SegmentIndex::read_templates(const Segment& segment) const {
  return std::make_unique<GroupTemplates>(read(segment, templates_place_), groups(), group_blocks_);
}

void SegmentIndex::load_letters(const Segment& segment) {
  if (!letters_.empty()) return;
  const std::string pieces = read(segment, letters_place_);
  ByteReader in(pieces);
  uint64_t offset = in.varint();
  std::vector<FilePlace> places(groups());
  for (FilePlace& place : places) {
    place.offset = offset;
    place.size = in.varint();
    if (place.size > 0) place.checksum = in.fixed32();
    offset += place.size;
  }
  letters_ = std::move(places);
}

void SegmentIndex::verify(const Segment& segment) {
  if (!known_) return;
  for (const Part& part : parts_) {
    const std::string directory = read(segment, part.directory);
    ByteReader in(directory);
    for (size_t left = in.count(kMaxColumnsInPart); left > 0; --left) {
      in.string();
      in.byte();
      ByteReader list(in.string());
      FilePlace place;
      const size_t pages = pages_for(list.count(kMaxEntries));
      place.offset = list.varint();
      for (size_t page = 0; page < pages; ++page) {
        place.size = list.varint();
        place.checksum = list.fixed32();
        read(segment, place);
        place.offset += place.size;
      }
    }
  }
  const auto lists = templates_place_.size == 0 ? nullptr : read_templates(segment);
  for (size_t group = 0; group < groups(); ++group) {
    if (lists) lists->of(group);
    read_letters(segment, group);
  }
}

// Empty if no string of the group is hidden.
std::string SegmentIndex::read_letters(const Segment& segment, size_t group) {
  FilePlace place;
  {
    std::lock_guard lock(mutex_);
    load_letters(segment);
    place = letters_.at(group);
  }
  if (place.size == 0) return {};
  const std::string data = read(segment, place);
  ByteReader in(data);
  std::string buffer;
  const std::string_view bits = get_packed(in, buffer);
  if (bits.size() != kLetterBytes) throw Corrupt{"letters are damaged"};
  return bits.data() == buffer.data() ? std::move(buffer) : std::string(bits);
}

bool SegmentIndex::may_hide(const Segment& segment, size_t group, std::string_view letters, bool ignore_case) {
  if (!known_) return true;
  try {
    return hides(segment, group, letters, ignore_case);
  } catch (const Corrupt&) {
    return true;
  }
}

bool SegmentIndex::hides(const Segment& segment, size_t group, std::string_view letters, bool ignore_case) {
  if (letters.size() < kGram) {
    std::lock_guard lock(mutex_);
    load_letters(segment);
    return letters_.at(group).size > 0;
  }
  const std::string bits = read_letters(segment, group);
  if (bits.empty()) return false;
  if (ignore_case && bits[0] != 0) return true;  // other letters fold to ASCII: the Kelvin sign
  bool all = true;
  each_gram(letters, [&](size_t number) { all = all && (bits[1 + number / 8] >> number % 8 & 1); });
  return all;
}

}  // namespace alco::store
