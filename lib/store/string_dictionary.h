#pragma once
// Distinct strings of a column in a block, numbered in order of first appearance.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alco::store {

class StringDictionary {
 public:
  // Adding in two steps, for several dictionaries at a time: prepare() all of them, then add() to each. What is to be
  // read then is on its way into the cache.
  uint32_t prepare(std::string_view text) const;
  uint32_t add(std::string_view text, uint32_t prepared);

  size_t size() const { return ends_.size(); }
  std::string_view at(size_t code) const {
    const uint64_t begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(text_).substr(begin, ends_[code] - begin);
  }
  size_t memory() const { return text_.capacity() + ends_.capacity() * 8 + slots_.capacity() * sizeof(Slot); }

 private:
  struct Slot {
    uint32_t hash;
    uint32_t code;  // + 1; 0: empty
  };

  size_t place_of(uint32_t hash) const { return (hash >> 1) & (slots_.size() - 1); }
  void grow();

  std::string text_;
  std::vector<uint64_t> ends_;
  std::vector<Slot> slots_;
  uint32_t last_ = 0;  // code of the last one: runs are common
};

}  // namespace alco::store
