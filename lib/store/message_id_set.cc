#include "lib/store/message_id_set.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace alco::store {
namespace {

constexpr size_t kPartSize = kMessageIdWindow / 2;
constexpr size_t kMostSlots = kPartSize + kPartSize / 2;

// The ids are hashes already.
size_t slot_of(const MessageId& id, size_t slots) { return static_cast<size_t>(((id.low >> 32) * slots) >> 32); }

}  // namespace

bool MessageIdSet::Part::contains(const MessageId& id) const {
  if (size == 0) return false;
  for (size_t at = slot_of(id, slots.size());; at = at + 1 == slots.size() ? 0 : at + 1) {
    if (slots[at] == id) return true;
    if (slots[at] == MessageId{}) return false;
  }
}

void MessageIdSet::Part::insert(const MessageId& id) {
  if ((size + 1) * 3 > slots.size() * 2) grow();
  size_t at = slot_of(id, slots.size());
  while (!(slots[at] == MessageId{})) at = at + 1 == slots.size() ? 0 : at + 1;
  slots[at] = id;
  ++size;
}

void MessageIdSet::Part::grow() {
  std::vector<MessageId> old = std::exchange(slots, {});
  slots.resize(std::min(std::max<size_t>(1024, old.size() * 2), std::max(kMostSlots, old.size() + 1)) + 4);
  size = 0;
  for (const MessageId& id : old)
    if (!(id == MessageId{})) insert(id);
}

bool MessageIdSet::contains(const MessageId& id) const {
  return std::any_of(std::begin(parts_), std::end(parts_), [&](const Part& part) { return part.contains(id); });
}

bool MessageIdSet::insert(const MessageId& id) {
  if (id == MessageId{}) return true;  // no id at all
  if (contains(id)) return false;
  if (parts_[0].size >= kPartSize) {
    std::move_backward(std::begin(parts_), std::end(parts_) - 1, std::end(parts_));
    parts_[0] = Part();
  }
  parts_[0].insert(id);
  return true;
}

}  // namespace alco::store
