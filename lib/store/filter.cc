#include "lib/store/filter.h"

#include <xxhash.h>

#include <cstring>

namespace alco::store {
namespace {

constexpr size_t kBlock = 32;
constexpr uint32_t kSalt[8] = {0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d,
                               0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31};

size_t block_of(uint64_t hash, size_t blocks) {
  return static_cast<size_t>(((hash >> 32) * static_cast<uint64_t>(blocks)) >> 32);
}

}  // namespace

uint64_t filter_hash(std::string_view text) {
  char small[256];
  std::string large;
  char* lower = small;
  if (text.size() > sizeof small) {
    large.resize(text.size());
    lower = large.data();
  }
  for (size_t i = 0; i < text.size(); ++i)
    lower[i] = text[i] >= 'A' && text[i] <= 'Z' ? static_cast<char>(text[i] | 0x20) : text[i];
  return XXH3_64bits(lower, text.size());
}

bool filter_may_hold(std::string_view filter, uint64_t hash) {
  if (filter.size() < kBlock) return true;
  const char* block = filter.data() + block_of(hash, filter.size() / kBlock) * kBlock;
  for (size_t i = 0; i < 8; ++i) {
    uint32_t word;
    memcpy(&word, block + i * 4, 4);
    if (!(word >> ((static_cast<uint32_t>(hash) * kSalt[i]) >> 27) & 1)) return false;
  }
  return true;
}

}  // namespace alco::store
