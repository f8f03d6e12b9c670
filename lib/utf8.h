#pragma once
// UTF-8: decoding one character, checking and repairing text.
#include <cstddef>
#include <string>
#include <string_view>

namespace alco::utf8 {

struct Decoded {
  char32_t code;
  unsigned length;  // bytes; 1 if not valid
  bool valid;       // false for overlong forms, surrogates, above U+10FFFF, a cut sequence
};

Decoded decode(std::string_view text);      // the first character; `text` must not be empty
unsigned encode(char* out, char32_t code);  // writes 1 to 4 bytes and returns how many
void append(std::string& out, char32_t code);

bool valid(std::string_view text);
void append_repaired(std::string& out, std::string_view text);  // each invalid byte becomes U+FFFD

}  // namespace alco::utf8
