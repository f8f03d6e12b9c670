#pragma once
// The query language as a tree. lib/query/parse.h makes it from text,
// lib/query/canonical.h writes it back, lib/query/evaluate.h says whether an event matches.
#include <memory>
#include <string>
#include <vector>

namespace alco::query {

struct Pattern {
  enum class Kind : unsigned char {
    literal,   // these bytes
    wildcard,  // '*' stands for any run of characters, "\\*" and "\\\\" for themselves; only in `equals`
    regex,     // RE2, unanchored
  };
  Kind kind = Kind::literal;
  std::string text;
  bool ignore_case = false;  // Unicode simple folding; the parser has resolved smart case
  bool whole_word = false;   // -w: not next to a letter, digit or underscore, as in grep
  bool dot_all = false;      // regex flag s

  bool operator==(const Pattern&) const = default;
};

struct Node {
  enum class Kind : unsigned char {
    everything,
    and_,      // of two or more children
    or_,       // of two or more children
    not_,      // of one child
    contains,  // the pattern occurs in the text of `field`
    equals,    // the whole text of `field` matches the pattern
    compare,   // the number in `field` compared with `number`
    exists,    // the event has `field`
  };
  enum class Op : unsigned char { less, less_equal, greater, greater_equal };

  Kind kind = Kind::everything;
  std::vector<Node> children;
  std::string field;  // dotted path; "message" for the text
  Pattern pattern;
  Op op = Op::less;
  double number = 0;

  bool operator==(const Node&) const = default;
};

// What the text of a field is, everywhere the same (store, evaluator, columns
// of output): a string itself; a number as JSON writes it; true, false, null; of
// an array each element in turn (any may match; nested ones flattened), and of an
// array as a column its JSON text, which a literal may equal. A field given twice: any of them may match.

}  // namespace alco::query
