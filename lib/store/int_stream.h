#pragma once
// An array of numbers (int_codec.h) of which few are wanted: they are found where they stand.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/bytes.h"

namespace alco::store {

class IntStream {
 public:
  // `count` values at the front of `encoded`, which must outlive it. Throws Corrupt.
  IntStream(std::string_view encoded, size_t count) : IntStream(ByteReader(encoded), encoded, count, 0) {}

  IntStream(const IntStream&) = delete;
  IntStream& operator=(const IntStream&) = delete;

  uint64_t at(size_t i) const;  // i < count; throws Corrupt, but not after check()
  void check() const;

 private:
  IntStream(ByteReader in, std::string_view encoded, size_t count, int depth);
  void read_classes(ByteReader& in);
  void read_dictionary(ByteReader& in, int depth);
  uint64_t class_at(size_t i) const;

  size_t count_;
  uint8_t encoding_ = 0;
  uint64_t first_ = 0, step_ = 0;  // of a sequence; first_ of others: what is added
  unsigned width_ = 0;
  std::string buffer_;
  std::string_view bytes_;             // a value each (bytes, wide), or the class of each
  std::string_view bits_;              // packed, classes
  std::vector<uint32_t> bits_before_;  // classes: before each kStep values
  std::vector<uint64_t> values_;       // all, or the distinct ones of a dictionary
  std::unique_ptr<IntStream> codes_;   // of a dictionary
};

}  // namespace alco::store
