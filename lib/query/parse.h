#pragma once
// What a person typed, as a tree. The language is described in alco-query(7).
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/query/query.h"

namespace alco::query {

using FieldNames = std::set<std::string, std::less<>>;

enum class Case : unsigned char {
  smart,  // ignore the case of a pattern without upper-case letters
  ignore,
  exact,
};

struct ParseOptions {
  Case letter_case = Case::smart;  // for patterns that do not say it themselves
  bool whole_word = false;         // for patterns in the message
};

struct Parsed {
  Node node;
  // Why the query may mean less than its author thinks: "no field 'level' in this index; did you mean levelname?".
  // Worth showing if nothing was found.
  std::vector<std::string> notes;
};

// Any text has a meaning; only a regular expression that RE2 refuses throws Error(EX_USAGE). Text that is not UTF-8 is
// repaired first. `fields`: the fields of the index; "message" is always one.
Parsed parse(std::string_view text, const FieldNames& fields, const ParseOptions& options = {});

// The pieces that trees are made of. Nodes of the same kind are joined, double negations vanish, so that equal
// conditions give equal trees.
Pattern literal(std::string_view text, Case letter_case);
Pattern regex(std::string_view text, Case letter_case);       // not compiled here
Node contains(Pattern pattern);                               // in the message
Node equals(std::string_view field, std::string_view value);  // byte for byte
Node all_of(std::vector<Node> nodes);                         // everything if there are none
Node any_of(std::vector<Node> nodes);                         // of one or more
Node negated(Node node);

}  // namespace alco::query
