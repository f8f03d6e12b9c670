#pragma once
// What alco-query's command line says. The manual explains each.
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace alco::output {

inline constexpr uint64_t kNoNumber = std::numeric_limits<uint64_t>::max();

struct QueryOptions {
  std::string index, store, config;
  std::vector<std::string> files;
  std::string multiline = "auto";

  std::vector<std::string> words;  // the QUERY
  std::vector<std::string> fixed, regex;
  bool ignore_case = false, case_sensitive = false, whole_word = false, invert = false;

  std::string since, until, zone;
  bool utc = false;

  bool reverse = false;
  uint64_t limit = kNoNumber, tail = kNoNumber;
  uint64_t after = kNoNumber, before = kNoNumber, context = kNoNumber;
  std::string within;
  std::vector<std::string> same;

  bool count = false, quiet = false, follow = false;
  std::string format = "text";
  std::vector<std::string> columns;
  std::string with_match, without_match;  // -l, -L
  std::string top;
  std::string histogram;  // width, or "auto"
  uint64_t id = kNoNumber, around = kNoNumber;
  bool url = false, explain = false;
  std::string list;  // --list indexes|fields

  std::string colour = "auto";
  bool no_pager = false, partial_ok = false, check = false;

  bool wants_context() const {
    return after != kNoNumber || before != kNoNumber || context != kNoNumber || !within.empty() || !same.empty();
  }
};

}  // namespace alco::output
