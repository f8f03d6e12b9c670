#pragma once
// Makes text from logs safe for a terminal: the one escaper for all output that a person may see.
#include <string>
#include <string_view>

namespace alco {

enum class Newlines { escape, keep };

// Appends `text` with everything that could act on a terminal made visible:
// C0 controls except TAB, DEL and bytes that are not UTF-8 as \xNN (LF and CR
// as \n and \r, LF untouched with Newlines::keep), C1 controls, line and
// paragraph separators, bidirectional controls and other invisible characters
// (zero-width, tags, BOM) as \u{…}.
void append_printable(std::string& out, std::string_view text, Newlines newlines = Newlines::escape);

}  // namespace alco
