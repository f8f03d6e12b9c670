#pragma once
// What may become part of a SphinxQL statement, and how. SphinxSearch 2.2 undoes exactly two escapes: \\ and \'.
// mysql's own escaping would corrupt bytes 00 and 1A.
#include <string>
#include <string_view>

namespace alco::sphinx {

// Any bytes but NUL, which no SphinxQL string of 2.2 can hold.
inline bool quotable(std::string_view text) { return text.find('\0') == text.npos; }

// Appends 'text' with its quotes. `text` must be quotable(): assert.
void append_quoted(std::string& out, std::string_view text);

// [A-Za-z_][A-Za-z0-9_]{0,63}: only such names from data may become part of a statement.
bool plain_name(std::string_view name);

}  // namespace alco::sphinx
