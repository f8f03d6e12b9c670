#pragma once
#include <chrono>

namespace alco {

// How long the last event of a text waits for a line that continues it before it is passed on.
inline constexpr std::chrono::milliseconds kPatience{500};

}  // namespace alco
