#include "lib/index_name.h"

#include "lib/error.h"

namespace alco {

std::optional<IndexName> IndexName::parse(std::string_view name) {
  if (name.empty() || name.size() > 63) return std::nullopt;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!plain && (i == 0 || (c != '_' && c != '-'))) return std::nullopt;
  }
  return IndexName(name);
}

IndexName IndexName::require(std::string_view name) {
  if (auto parsed = parse(name)) return *parsed;
  throw Error(EX_USAGE, "'" + std::string(name) +
                            "' is no name for an index: 1 to 63 of a-z 0-9 _ -, the first a letter or digit");
}

}  // namespace alco
