#pragma once
// The address of a search in the web page.
#include <string>

#include "lib/output/search.h"

namespace alco::output {

// Throws Error(EX_USAGE) if there can be none: files are read, or the page listens on a socket file.
std::string link_to(const QueryOptions& options, const Search& search);

}  // namespace alco::output
