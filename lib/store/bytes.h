#pragma once
// Building and reading the byte strings that segments are made of. Numbers are
// little-endian; varints are LEB128 of 64 bits.
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace alco::store {

// Thrown by everything that decodes: the bytes are not what a writer wrote. The reader of a segment catches it,
// names the block and goes on with the next.
struct Corrupt {
  const char* reason;
};

inline void put_varint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

inline uint64_t zigzag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
inline int64_t unzigzag(uint64_t value) { return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1); }

inline void put_signed(std::string& out, int64_t value) { put_varint(out, zigzag(value)); }

inline void put_fixed32(std::string& out, uint32_t value) { out.append(reinterpret_cast<const char*>(&value), 4); }
inline void put_fixed64(std::string& out, uint64_t value) { out.append(reinterpret_cast<const char*>(&value), 8); }

inline void put_string(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

// Up to eight bytes as a number; different texts of one size give different numbers.
inline uint64_t word_of(const char* text, size_t size) {
  uint64_t word = 0;
  if (size >= 8) {
    memcpy(&word, text, 8);
  } else if (size >= 4) {
    uint32_t low, high;
    memcpy(&low, text, 4);
    memcpy(&high, text + size - 4, 4);
    word = uint64_t{high} << 32 | low;
  } else if (size > 0) {
    for (const size_t i : {size_t{0}, size / 2, size - 1}) word = word << 8 | static_cast<unsigned char>(text[i]);
  }
  return word;
}

// For short texts, most of which are equal: without a call.
inline bool same_text(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  size_t left = a.size();
  const char *x = a.data(), *y = b.data();
  for (; left > 8; left -= 8, x += 8, y += 8)
    if (word_of(x, 8) != word_of(y, 8)) return false;
  return word_of(x, left) == word_of(y, left);
}

// A view that is consumed from the front; every step is checked.
class ByteReader {
 public:
  ByteReader() = default;
  explicit ByteReader(std::string_view data) : data_(data) {}

  bool empty() const { return data_.empty(); }
  std::string_view rest() const { return data_; }

  uint8_t byte() {
    if (data_.empty()) throw Corrupt{"stream ends early"};
    const auto value = static_cast<uint8_t>(data_[0]);
    data_.remove_prefix(1);
    return value;
  }

  uint64_t varint() {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const uint64_t next = byte();
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
    throw Corrupt{"number too long"};
  }

  int64_t signed_varint() { return unzigzag(varint()); }

  // A count or size that must not exceed `limit`: nothing is allocated on the word of a damaged file.
  size_t count(uint64_t limit) {
    const uint64_t value = varint();
    if (value > limit) throw Corrupt{"count out of range"};
    return static_cast<size_t>(value);
  }

  std::string_view bytes(uint64_t size) {
    if (size > data_.size()) throw Corrupt{"stream ends early"};
    const std::string_view result = data_.substr(0, static_cast<size_t>(size));
    data_.remove_prefix(static_cast<size_t>(size));
    return result;
  }

  std::string_view string() { return bytes(varint()); }

  uint32_t fixed32() {
    uint32_t value;
    memcpy(&value, bytes(4).data(), 4);
    return value;
  }

  uint64_t fixed64() {
    uint64_t value;
    memcpy(&value, bytes(8).data(), 8);
    return value;
  }

 private:
  std::string_view data_;
};

}  // namespace alco::store
