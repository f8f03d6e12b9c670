#pragma once
// A set of rows of a block.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace alco::store {

class Bitmap {
 public:
  explicit Bitmap(size_t rows, bool all = false) : rows_(rows), words_((rows + 63) / 64, all ? ~uint64_t{0} : 0) {
    trim();
  }

  size_t rows() const { return rows_; }
  bool test(size_t row) const { return words_[row >> 6] >> (row & 63) & 1; }
  void set(size_t row) { words_[row >> 6] |= uint64_t{1} << (row & 63); }
  void reset(size_t row) { words_[row >> 6] &= ~(uint64_t{1} << (row & 63)); }

  size_t count() const {
    size_t total = 0;
    for (uint64_t word : words_) total += static_cast<size_t>(std::popcount(word));
    return total;
  }
  bool none() const {
    for (uint64_t word : words_)
      if (word) return false;
    return true;
  }

  Bitmap& operator&=(const Bitmap& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
    return *this;
  }
  Bitmap& operator|=(const Bitmap& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  Bitmap& subtract(const Bitmap& other) {
    for (size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (size_t i = 0; i < words_.size(); ++i)
      for (uint64_t word = words_[i]; word; word &= word - 1)
        visit(i * 64 + static_cast<size_t>(std::countr_zero(word)));
  }

 private:
  void trim() {
    if (rows_ % 64 != 0 && !words_.empty()) words_.back() &= (uint64_t{1} << rows_ % 64) - 1;
  }

  size_t rows_;
  std::vector<uint64_t> words_;
};

}  // namespace alco::store
