#pragma once
// What alco-fields --list prints: text, one line each, tabs between, control characters made visible. And what
// alco-rotate does to a catalogue.
#include <cstdint>
#include <string>

#include "lib/catalogue/catalogue.h"

namespace alco {

std::string list_fields(Catalogue& catalogue,
                        const IndexName& index);  // name, number of values | "too many values" | "-"
std::string list_values(Catalogue& catalogue, const IndexName& index, const std::string& field);  // value, last seen

// Removes what was last seen before that day, counted since 1970; or only says so. A line for stdout; empty: there was
// nothing.
std::string trim_catalogue(Catalogue& catalogue, const IndexName& index, int64_t first_day, bool dry_run);

}  // namespace alco
