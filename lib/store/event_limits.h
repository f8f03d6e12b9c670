#pragma once
// What one event may take of a block. Those that give events to a store see to it; blocks bound the rest themselves.
#include <cstddef>

#include "lib/event.h"

namespace alco::store {

inline constexpr size_t kMostMembers = 90'000;                 // ends of objects counted, too
inline constexpr size_t kMostNamesOfEvent = size_t{16} << 20;  // bytes, as name_bytes() says

// Of the keys of an event and the dotted paths of its members, which have those of the objects around them.
size_t name_bytes(const Event& event);

}  // namespace alco::store
