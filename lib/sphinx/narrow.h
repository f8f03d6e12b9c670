#pragma once
// What searchd can say about a query: never less than the truth. Every event that matches is among the rows that
// fulfil both parts; that others are too costs time only, since ALCO decides on the event itself.
#include <string>

#include "lib/query/query.h"

namespace alco::sphinx {

// How a table's words are found. The words themselves are those of alco-sphinxconf's charset_table.
struct WordRules {
  bool whole = false;  // whole words are found
  unsigned infix = 0;  // and parts of words, with '*', from so many characters on; 0: no parts
};

struct Narrowing {
  std::string match;  // the inside of MATCH('…'); "" for everything
  std::string where;  // an expression on attributes that is 1; "" for everything
};

// Rows whose words or attributes searchd sees differently from ALCO are marked by the writer (row.h), and are in.
Narrowing narrow(const query::Node& node, const WordRules& rules);

}  // namespace alco::sphinx
