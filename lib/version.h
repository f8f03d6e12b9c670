#pragma once

namespace alco {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace alco
