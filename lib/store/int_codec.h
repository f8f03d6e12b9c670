#pragma once
// Arrays of 64-bit numbers in few bytes: the encoding is chosen by what it gains.
//
//   constant, sequence   nothing per value
//   bytes                values below 256 through zstd: finds periods and skew
//   packed               frame of reference: value - minimum in equally many bits
//   classes              the number of significant bits of each value through zstd, the bits below the highest one raw:
//                        close to the entropy of skewed and noisy numbers
//   dictionary           distinct values by falling frequency, and codes
//   wide                 value - minimum in equally many bytes, through zstd: sequences that come again
//
// each on the values themselves, less their minimum, or on their differences.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/store/bytes.h"
#include "lib/store/compress.h"

namespace alco::store {

void put_ints(std::string& out, std::span<const uint64_t> values, Effort effort);

// `count` must be what was put. The vector is overwritten.
void get_ints(ByteReader& in, size_t count, std::vector<uint64_t>& out);
void get_ints(ByteReader& in, size_t count, std::vector<uint32_t>& out);  // throws Corrupt if one is too large

// Signed numbers as unsigned ones in the same order, so that "less the minimum" is small.
inline uint64_t from_signed(int64_t value) { return static_cast<uint64_t>(value) ^ (uint64_t{1} << 63); }
inline int64_t to_signed(uint64_t value) { return static_cast<int64_t>(value ^ (uint64_t{1} << 63)); }

}  // namespace alco::store
