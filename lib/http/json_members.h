#pragma once
// The top-level members of a JSON object that ALCO wrote itself, as text.
#include <string_view>

namespace alco::http {

// Walks `object` without looking into values. The text must be valid JSON; what is not ends the walk.
class JsonMembers {
 public:
  explicit JsonMembers(std::string_view object);

  struct Member {
    std::string_view key;    // with its quotes and escapes
    std::string_view value;  // JSON text
  };
  bool next(Member& member);

 private:
  std::string_view rest_;
};

}  // namespace alco::http
