#pragma once
// Who asks.
#include <string>

namespace alco::http {

struct Principal {
  std::string name;  // empty: nobody in particular (no users are configured)
};

}  // namespace alco::http
