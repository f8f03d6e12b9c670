#pragma once
// The members of an event as the JSON attribute of a row, and how far searchd can be trusted with it.
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/event.h"

namespace alco::sphinx {

struct RowJson {
  std::string text;    // an object; "{}" if searchd would not take it
  bool exact = true;   // searchd gives the same values back
  bool simple = true;  // searchd finds the same values in it as ALCO does
  uint32_t shape = 0;  // 31 bits that tell events with other names or types of members apart
};

void row_json(RowJson& json, const Event& event);  // `json` is made anew

// Holds a character whose lower case, or the one it compares equal to, is an ASCII or Cyrillic letter though it is none
// itself: U+017F, U+212A, U+1C80 to U+1C88. searchd's charset_table does not know them.
bool holds_odd_letter(std::string_view text);
bool holds_high_byte(std::string_view text);  // is not all ASCII

}  // namespace alco::sphinx
