#pragma once
// What writing and reading arrays of numbers share: see int_codec.h.
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace alco::store {

enum IntEncoding : uint8_t { kConstant, kSequence, kBytes, kPacked, kClasses, kDictionary, kWide };
inline constexpr uint8_t kDelta = 0x40;  // applied before the encoding: zigzag of the difference to the value before

// Reads bits from a buffer that is known to be long enough.
class BitReader {
 public:
  BitReader(const char* data, size_t size, size_t first_bit = 0) : data_(data), size_(size), at_(first_bit) {}

  uint64_t take(unsigned count) {
    if (count == 0) return 0;
    const size_t byte = at_ >> 3;
    const unsigned shift = at_ & 7;
    uint64_t word = load(byte) >> shift;
    if (shift + count > 64) word |= load(byte + 8) << (64 - shift);
    at_ += count;
    return count == 64 ? word : word & ((uint64_t{1} << count) - 1);
  }

 private:
  uint64_t load(size_t byte) const {
    uint64_t word = 0;
    if (byte + 8 <= size_)
      memcpy(&word, data_ + byte, 8);
    else if (byte < size_)
      memcpy(&word, data_ + byte, size_ - byte);
    return word;
  }

  const char* data_;
  size_t size_;
  size_t at_;
};

}  // namespace alco::store
