#pragma once
// The texts of a column as they stand in JSON: the words of each template are escaped once, its values written between
// them. For many texts; TextColumn::append_text() is for few.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/store/text_column.h"

namespace alco::store {

inline constexpr size_t kCopySlack = 32;  // short pieces are copied so many bytes at a time, ...
// ... from a place that has as many behind it to one that has, too.
inline char* copy_short(char* to, const char* from, size_t size) {
  if (size <= kCopySlack)
    memcpy(to, from, kCopySlack);
  else
    memcpy(to, from, size);
  return to + size;
}

class TextJson {
 public:
  explicit TextJson(TextColumn& texts);  // unpacks it all; throws Corrupt

  // What follows may be called by several threads.
  size_t size() const { return texts_.size(); }
  size_t bound(size_t row) const;           // bytes that write() may touch
  char* write(char* to, size_t row) const;  // without quotes; returns the end

 private:
  struct Step {
    uint32_t words, words_size;  // before the value, in words_
    SlotType slot;
    bool last;  // no value, but the end
    uint8_t stream;
    uint32_t begin;  // of the group's values
  };
  struct Program {
    uint32_t first;  // in steps_
    uint32_t bound;  // without strings
    bool strings;
  };

  void compile(const TextColumn::Group& group);
  char* write_value(char* to, const Step& step, const TextColumn::Group& group, size_t row, size_t rank) const;

  TextColumn& texts_;
  std::string words_;
  std::vector<Step> steps_;
  std::vector<Program> programs_;  // of each group
};

// `text` as in JSON, without quotes; at most 6 bytes for each, and kCopySlack.
char* write_escaped(char* to, std::string_view text);

}  // namespace alco::store
