#include "lib/store/event_limits.h"

#include <vector>

namespace alco::store {

size_t name_bytes(const Event& event) {
  size_t bytes = 0, prefix = 0;
  std::vector<size_t> open;
  for (const Member& member : event.members) {
    bytes += member.key.size();
    if (member.type == Type::object_end) {
      prefix = open.back();
      open.pop_back();
    } else if (member.type == Type::object_begin) {
      open.push_back(prefix);
      prefix += member.key.size() + 1;
    } else {
      bytes += prefix + member.key.size();
    }
  }
  return bytes;
}

}  // namespace alco::store
