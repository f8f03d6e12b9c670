#include "lib/store/string_dictionary.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <utility>

#include "lib/store/bytes.h"

namespace alco::store {

uint32_t StringDictionary::prepare(std::string_view text) const {
  if (last_ < ends_.size() && same_text(at(last_), text)) return 0;
  const auto hash = static_cast<uint32_t>(XXH3_64bits(text.data(), text.size())) | 1;
  if (!slots_.empty()) __builtin_prefetch(&slots_[place_of(hash)]);
  return hash;
}

uint32_t StringDictionary::add(std::string_view text, uint32_t hash) {
  if (hash == 0) {
    if (last_ < ends_.size() && same_text(at(last_), text)) return last_;
    return add(text, prepare(text));  // an event may have two members of one name
  }
  if ((ends_.size() + 1) * 2 > slots_.size()) grow();
  size_t at_slot = place_of(hash);
  for (; slots_[at_slot].code != 0; at_slot = (at_slot + 1) & (slots_.size() - 1)) {
    const Slot slot = slots_[at_slot];
    if (slot.hash == hash && same_text(at(slot.code - 1), text)) return last_ = slot.code - 1;
  }
  text_ += text;
  ends_.push_back(text_.size());
  slots_[at_slot] = {hash, static_cast<uint32_t>(ends_.size())};
  return last_ = static_cast<uint32_t>(ends_.size() - 1);
}

void StringDictionary::grow() {
  const std::vector<Slot> old = std::exchange(slots_, std::vector<Slot>(std::max<size_t>(16, slots_.size() * 2)));
  for (const Slot& slot : old) {
    if (slot.code == 0) continue;
    size_t at_slot = place_of(slot.hash);
    while (slots_[at_slot].code != 0) at_slot = (at_slot + 1) & (slots_.size() - 1);
    slots_[at_slot] = slot;
  }
}

}  // namespace alco::store
