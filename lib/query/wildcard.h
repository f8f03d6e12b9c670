#pragma once
// "web*.example.net": '*' stands for any run of characters, "\*" and "\\" for themselves.
#include <string>
#include <string_view>
#include <vector>

namespace alco::query {

class Wildcard {
 public:
  explicit Wildcard(std::string_view pattern);
  bool matches(std::string_view text) const;                          // the whole text
  const std::vector<std::string>& pieces() const { return pieces_; }  // the literals between the stars, maybe empty

 private:
  std::vector<std::string> pieces_;
};

// Whether `pattern` holds a star that is not escaped.
bool has_star(std::string_view pattern);

}  // namespace alco::query
