#pragma once
// Targets of requests: a path of decoded segments and parameters, each decoded exactly once.
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alco::http {

struct Target {
  std::vector<std::string> segments;                        // "/a/b%2Fc/" gives {"a", "b/c"}; never empty, "." or ".."
  bool folder = false;                                      // the path ends with '/'
  std::vector<std::pair<std::string, std::string>> params;  // in their order; '+' is a space
};

// nullopt if an escape is broken, a text is not UTF-8 or holds a NUL, or a segment is empty, "." or "..".
std::optional<Target> parse_target(std::string_view target);

// Everything but letters, digits and -._~ as %XX.
std::string percent_encode(std::string_view text);

}  // namespace alco::http
