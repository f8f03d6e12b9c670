#pragma once
// Unicode simple case folding (statuses C and S of CaseFolding.txt): one character to one character.
#include <string>
#include <string_view>
#include <vector>

namespace alco::query {

char32_t fold(char32_t c);

// All characters that fold to the same as `c`, itself included; at most four.
std::vector<char32_t> case_variants(char32_t c);

// `text` (UTF-8) with each character folded; what is not UTF-8 stays as it is.
void append_folded(std::string& out, std::string_view text);
std::string folded(std::string_view text);
bool equals_folded(std::string_view text, std::string_view folded_text);  // folded(text) == folded_text

// Whether smart case makes a literal exact: it holds a character that folding changes.
bool has_upper(std::string_view text);

}  // namespace alco::query
