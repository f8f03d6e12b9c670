#pragma once
// The level in the text of a log line: a word that cannot well be anything else.
#include <string_view>

namespace alco {

bool is_level_word(std::string_view word);  // INFO, warning, Error …: any case

// The level as it is written in the first words of `text`: in capitals, in brackets, before a colon as first word, or
// behind level=. Empty if there is none.
std::string_view find_level(std::string_view text);

}  // namespace alco
