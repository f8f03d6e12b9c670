#pragma once
// A tree as text that means the same whatever fields an index has: for links, saved searches and --explain.
#include <string>

#include "lib/query/query.h"

namespace alco::query {

// For a tree that parse() or its pieces made: parse(canonical(node), any fields).node == node.
std::string canonical(const Node& node);

}  // namespace alco::query
