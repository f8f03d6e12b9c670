#pragma once
// The name of an index, checked once: nothing else may become part of a path, an SQL name or a URL.
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace alco {

class IndexName {
 public:
  // [a-z0-9][a-z0-9_-]{0,62}; nullopt otherwise.
  static std::optional<IndexName> parse(std::string_view name);
  // The same, but throws Error(EX_USAGE) that quotes the name and says what is allowed.
  static IndexName require(std::string_view name);

  const std::string& str() const { return name_; }
  auto operator<=>(const IndexName&) const = default;

 private:
  explicit IndexName(std::string_view name) : name_(name) {}
  std::string name_;
};

}  // namespace alco
