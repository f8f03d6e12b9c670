#pragma once
// Single JSON values as text: numbers told apart by what holds them exactly, strings unescaped.
#include <string_view>

#include "lib/event.h"

namespace alco::json {

// Reads the text of a number into type and value of `member`: the first of integer, big_unsigned and real that
// holds its value, raw (with `text` set) if none does, as 2^64, 1e999 or 30 digits. -0, 1.0 and 1e5 are real.
// False if `text` is not wholly a number by RFC 8259.
[[nodiscard]] bool read_number(std::string_view text, Member& member);

// Unescapes the inside of a string (without its quotes) to `out`, which has room for text.size() bytes. Returns the
// end of what was written, or nullptr if an escape is not valid. A lone surrogate becomes U+FFFD.
[[nodiscard]] char* unescape(std::string_view text, char* out);

}  // namespace alco::json
