#include "lib/store/parity.h"

#include <algorithm>

#include "lib/store/block_format.h"

namespace alco::store {
namespace {

constexpr size_t kLeast = 1024;
constexpr size_t kShare = 32;

// Byte i of the result is the exclusive or of all bytes i, i + size, i + 2 * size...
std::string fold(std::string_view data, std::string folded) {
  for (size_t at = 0; at < data.size(); at += folded.size()) {
    const size_t size = std::min(folded.size(), data.size() - at);
    for (size_t i = 0; i < size; ++i) folded[i] = static_cast<char>(folded[i] ^ data[at + i]);
  }
  return folded;
}

void change(std::string& data, size_t begin, size_t end, std::string_view by) {
  for (size_t i = begin; i < end; ++i) data[i] = static_cast<char>(data[i] ^ by[i % by.size()]);
}

}  // namespace

size_t parity_size(size_t data) { return std::min(data, std::max(kLeast, data / kShare)); }

std::string parity_of(std::string_view data) { return fold(data, std::string(parity_size(data.size()), '\0')); }

bool mend(std::string& data, std::string_view parity, uint32_t checksum) {
  if (data.empty() || parity.size() != parity_size(data.size())) return false;
  // What is wrong with each byte of the run; where the run is, the checksum tells.
  const std::string wrong = fold(data, std::string(parity));
  const size_t step = std::max<size_t>(wrong.size() / 2, 1);
  for (size_t begin = 0; begin < data.size(); begin += step) {
    const size_t end = std::min(data.size(), begin + wrong.size());
    change(data, begin, end, wrong);
    if (checksum32(data) == checksum) return true;
    change(data, begin, end, wrong);
  }
  return false;
}

}  // namespace alco::store
