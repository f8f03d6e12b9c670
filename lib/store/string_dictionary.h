#pragma once
// Distinct strings of a column in a block, numbered in order of first appearance.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alco::store {

class StringDictionary {
 public:
  uint32_t add(std::string_view text);

  size_t size() const { return ends_.size(); }
  std::string_view at(size_t code) const {
    const uint64_t begin = code == 0 ? 0 : ends_[code - 1];
    return std::string_view(text_).substr(begin, ends_[code] - begin);
  }
  size_t memory() const {
    return text_.capacity() + ends_.capacity() * 8 + slots_.capacity() * sizeof(Slot);
  }

 private:
  struct Slot {
    uint32_t hash;
    uint32_t code;  // + 1; 0: empty
  };

  void grow();

  std::string text_;
  std::vector<uint64_t> ends_;
  std::vector<Slot> slots_;
  uint32_t last_ = 0;            // code of the last one: runs are common
};

}  // namespace alco::store
