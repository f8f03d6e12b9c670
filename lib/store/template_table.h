#pragma once
// The templates of a segment: collected while events come in, written once, looked up when reading.
#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/compress.h"
#include "lib/store/template.h"

namespace alco::store {

inline constexpr size_t kMaxTableBytes = size_t{8} << 20;  // of template text in a segment; beyond it texts stay whole

// How a template that was collected is written: values that were the same in
// every text became part of its words.
struct FinalTemplate {
  uint32_t id = 0;                    // in the written table, by falling frequency
  std::vector<SlotType> kept;         // slots that still take values
  std::vector<uint32_t> value_index;  // of each kept slot, where its values begin among those of the text
  uint32_t values = 0;                // numbers of one text, as collected
  uint32_t strings = 0;               // strings of one text
};

class TemplateCollector {
 public:
  // The id of the template of `tokens`, for finish(). When the table is full a new template is refused: then `tokens`
  // (made from `text`) is changed into a whole text.
  uint32_t add(Tokens& tokens, std::string_view text) { return add(tokens, text, prepare(tokens)); }
  // The same in two steps: what the second one reads is on its way into the cache, other work can be done meanwhile.
  uint32_t prepare(const Tokens& tokens) const;
  uint32_t add(Tokens& tokens, std::string_view text, uint32_t prepared);

  // Merging: the templates of a table that was written whose count lies in a range, with what it knows of
  // their values. After the last table
  // freeze(): add() then only finds, and keeps whole what does not fit what was promised.
  void add_table(const class TemplateTable& table, uint64_t least_count, uint64_t most_count);
  void freeze();

  size_t size() const { return entries_.size(); }
  size_t memory() const;
  size_t value_count(uint32_t id) const { return entries_[id].value_count; }
  size_t string_count(uint32_t id) const;  // strings of one text

  // How each collected template stands in the table; nothing new may come after it, unless frozen.
  std::vector<FinalTemplate> finish();
  // The table itself, after finish(). When frozen: once all texts were added, so that it says whether one stayed whole.
  void put(std::string& out, Effort effort) const;

 private:
  struct Entry {
    uint64_t count;
    uint32_t key_offset, key_size;
    uint32_t first_value;  // in values_ and uniform_
    uint32_t value_count;
    uint32_t uniform;  // values that were the same in every text so far
  };
  struct HashSlot {
    uint32_t hash;
    uint32_t entry;  // + 1; 0: empty
    uint32_t key_offset, key_size;
  };

  uint32_t find_or_insert(std::string_view key, uint32_t hash, size_t value_count, bool may_refuse);
  void grow();
  bool fits(const Entry& entry, const Tokens& tokens) const;
  std::string_view key_of(const Entry& entry) const { return {keys_.data() + entry.key_offset, entry.key_size}; }

  std::vector<Entry> entries_;
  std::vector<HashSlot> slots_;  // open addressing
  std::string keys_;
  std::vector<uint64_t> values_;
  std::vector<uint8_t> uniform_;
  bool frozen_ = false;
  std::vector<uint32_t> order_;  // entries by falling count, as finish() found them
  std::string expanded_;         // their keys with the values that never change
  std::vector<uint64_t> sizes_;  // of those keys
};

// A table as read from a segment. Its texts are unpacked in pieces, when they are first needed. Thread-safe; all but
// size() and count() may throw Corrupt.
class TemplateTable {
 public:
  // `format` of the segment: 1 has the texts in one piece.
  TemplateTable(std::string data, char format);

  size_t size() const { return counts_.size(); }
  size_t memory() const { return memory_; }  // with all texts unpacked, about
  uint64_t count(uint32_t id) const { return counts_[id]; }
  // Numbers (of Stream::text: strings) that one text of the template has in each stream.
  const std::array<uint16_t, kStreams>& values(uint32_t id) const { return values_[id]; }

  std::string_view key(uint32_t id) const {
    const Piece& piece = loaded(piece_of(id));
    return std::string_view(piece.text).substr(offsets_[id], sizes_[id]);
  }

  // The templates [first, first + count) stand in `text` one after the other, each followed by two bytes that no UTF-8
  // has: what is found in the text is found in one template.
  struct Texts {
    uint32_t first, count;
    std::string_view text;
  };
  size_t pieces() const { return pieces_.size(); }
  Texts texts(size_t piece) const;
  uint64_t begin(uint32_t id) const { return offsets_[id]; }  // in the text of its piece
  uint64_t end(uint32_t id) const { return offsets_[id] + sizes_[id]; }

 private:
  struct Piece {
    uint32_t first = 0, count = 0;
    std::string_view packed;  // in data_
    std::once_flag once;
    std::string text;
  };

  const Piece& loaded(size_t piece) const {
    Piece& p = *pieces_[piece];
    std::call_once(p.once, [&] { unpack(p); });
    return p;
  }
  size_t piece_of(uint32_t id) const { return piece_of_[id]; }
  void unpack(Piece& piece) const;
  void read_texts(ByteReader& in);
  void read_text_in_one(ByteReader& in);

  std::string data_;
  size_t memory_ = 0;
  std::vector<uint64_t> counts_;
  std::vector<uint32_t> sizes_;
  std::vector<uint32_t> offsets_;
  std::vector<uint16_t> piece_of_;
  std::vector<std::array<uint16_t, kStreams>> values_;
  std::vector<std::unique_ptr<Piece>> pieces_;
};

// What a text of this template needs of each stream. Throws Corrupt.
std::array<uint16_t, kStreams> values_of(std::string_view key);

}  // namespace alco::store
