#pragma once
// A hash of strings for looking them up; and the filters of format 1: split-block Bloom, "certainly not here" or
// "perhaps". Parquet's scheme (Putze et al., "Cache-, Hash- and Space-Efficient Bloom Filters"): eight bits in one
// 32-byte block per key; about 1 % false answers at 10 bits a key.
#include <cstdint>
#include <string>
#include <string_view>

namespace alco::store {

// Of the text with A-Z as a-z, so that one filter serves both letter cases.
uint64_t filter_hash(std::string_view text);

// An empty filter says "perhaps".
bool filter_may_hold(std::string_view filter, uint64_t hash);

}  // namespace alco::store
