#pragma once
// What a text must hold for a regular expression to match it: found without running it.
#include <string>
#include <string_view>
#include <vector>

namespace alco::query {

struct RequiredLiterals {
  std::vector<std::string> literals;  // each one occurs in every match; maybe none
  bool complete = false;              // the expression is exactly literals[0]
};

// For an expression that RE2 accepts. When in doubt there are fewer literals.
RequiredLiterals required_literals(std::string_view regex);

}  // namespace alco::query
