#pragma once
// Text with a style for each byte, made safe for people's eyes, and written with or without colour.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/printable.h"

namespace alco::output {

enum class Style : uint8_t { plain, faint, match, time, error, warning, info, separator, source };
// Style::source and the values behind it are a palette: one colour for each source.
inline constexpr int kSourceStyles = 6;
Style source_style(std::string_view value);  // always the same for one value

struct StyledText {
  std::string text;           // printable
  std::vector<Style> styles;  // one for each byte

  void clear();
  void append(std::string_view safe, Style style);  // `safe` holds nothing that could act on a terminal
  // Makes `raw` printable; `spans` (of bytes in `raw`, rising) get Style::match.
  void append_raw(std::string_view raw, Style style, const std::vector<std::pair<size_t, size_t>>& spans,
                  Newlines newlines = Newlines::escape);
};

// Terminal cells of `text`, which is printable; a tab counts as 8.
size_t display_width(std::string_view text);

struct FoldOptions {
  size_t width = 0;   // cells; 0: never fold
  size_t used = 0;    // cells taken in the first line already
  size_t indent = 0;  // of every further line
};
// Writes `styled`, folded between words where it is wider than the screen. Each line ends in the plain style.
void write_styled(std::string& out, const StyledText& styled, bool colour, const FoldOptions& fold);

}  // namespace alco::output
