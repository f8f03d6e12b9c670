#pragma once
// What alco-fields --list prints: text, one line each, tabs between, control characters made visible.
#include <string>

#include "lib/catalogue/catalogue.h"

namespace alco {

std::string list_fields(Catalogue& catalogue,
                        const IndexName& index);  // name, number of values | "too many values" | "-"
std::string list_values(Catalogue& catalogue, const IndexName& index, const std::string& field);  // value, last seen

}  // namespace alco
