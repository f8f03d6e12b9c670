#include "lib/store/string_dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>

namespace alco::store {

uint32_t StringDictionary::add(std::string_view text) {
  if (last_ < ends_.size() && at(last_) == text) return last_;
  if ((ends_.size() + 1) * 2 > slots_.size()) grow();
  const uint64_t hash = XXH3_64bits(text.data(), text.size());
  size_t slot = hash & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    const uint32_t code = slots_[slot] - 1;
    if (hashes_[code] == hash && at(code) == text) return last_ = code;
  }
  text_ += text;
  ends_.push_back(text_.size());
  hashes_.push_back(hash);
  slots_[slot] = static_cast<uint32_t>(ends_.size());
  return last_ = static_cast<uint32_t>(ends_.size() - 1);
}

void StringDictionary::grow() {
  slots_.assign(std::max<size_t>(16, slots_.size() * 2), 0);
  for (size_t code = 0; code < hashes_.size(); ++code) {
    size_t slot = hashes_[code] & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = static_cast<uint32_t>(code + 1);
  }
}

}  // namespace alco::store
