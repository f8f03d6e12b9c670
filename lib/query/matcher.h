#pragma once
// A Pattern made ready to run: SIMD literals, folded case, RE2.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/query/query.h"

namespace alco::query {

// Thread-safe after construction. Throws Error(EX_USAGE) that quotes a regular
// expression which RE2 refuses and says what is wrong where; also if it is over 1 KiB or needs over 8 MiB.
class Matcher {
 public:
  explicit Matcher(const Pattern& pattern);
  ~Matcher();
  Matcher(Matcher&&) noexcept;
  Matcher& operator=(Matcher&&) noexcept;

  bool found_in(std::string_view text) const;  // contains
  bool equals(std::string_view text) const;    // the whole text

  // [begin, end) of the first match at or after `from`, maybe an empty one.
  std::optional<std::pair<size_t, size_t>> find(std::string_view text, size_t from) const;

  // Appends [begin, end) of every match in `text`, left to right, not overlapping, none empty.
  void spans(std::string_view text, std::vector<std::pair<size_t, size_t>>& out) const;

  // Literals (already lower-cased if ignore_case) of which every matching text holds each
  // one, in some letter case if ignore_case: for filters. Empty if nothing is known.
  const std::vector<std::string>& required() const;

  const Pattern& pattern() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Position of `needle` in `text` at or after `from`, or npos. As fast as memory allows.
size_t find_literal(std::string_view text, std::string_view needle, size_t from = 0);

}  // namespace alco::query
