#pragma once
// The inner loop of every literal search: two bytes at a distance, each one of a few, with the widest vectors there
// are.
#include <array>
#include <cstddef>
#include <string_view>

namespace alco::query {

struct BytePair {
  static constexpr size_t kVariants = 4;
  std::array<char, kVariants> first{}, second{};  // fewer variants: the last one repeated
  size_t variants = 1;                            // 1, 2 or 4 of each are looked at
  size_t distance = 0;                            // of the second byte behind the first

  // Sets both, from one to four bytes each; sorted out so that `variants` is as small as can be.
  static BytePair of(std::string_view first, std::string_view second, size_t distance);
};

// The first p with from <= p, p + distance < text.size(), where text[p] is in pair.first and text[p + distance] in
// pair.second; npos if there is none.
size_t find_pair(std::string_view text, size_t from, const BytePair& pair);

// How common a byte is in logs, 0 (rare) to 255: search for rare ones.
unsigned commonness(char byte);

}  // namespace alco::query
