#pragma once
// Names that a person may have meant.
#include <string>
#include <string_view>
#include <vector>

#include "lib/query/parse.h"

namespace alco::query {

// At most `limit` names like `name`, the likest first: those that it is a part of, those a few typing errors away.
std::vector<std::string> similar_names(std::string_view name, const FieldNames& names, size_t limit = 3);

}  // namespace alco::query
