#pragma once
// What one regular expression may take.
#include <cstddef>
#include <cstdint>

namespace alco::query {

struct RegexLimits {
  size_t bytes = 1024;                // of its text
  int64_t memory = int64_t{8} << 20;  // of what it is compiled to, and works with
};

// Of this process. To be changed only before the first query is read.
RegexLimits& regex_limits();

}  // namespace alco::query
