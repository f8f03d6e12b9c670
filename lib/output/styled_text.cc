#include "lib/output/styled_text.h"

#include <algorithm>

#include "lib/utf8.h"

namespace alco::output {
namespace {

constexpr std::string_view kCodes[] = {"",           "\033[2m",  "\033[1;31m", "\033[32m",
                                       "\033[1;31m", "\033[33m", "\033[36m",   "\033[36m"};
constexpr std::string_view kSources[kSourceStyles] = {"\033[34m", "\033[35m", "\033[36m",
                                                      "\033[94m", "\033[95m", "\033[96m"};
constexpr std::string_view kReset = "\033[0m";

std::string_view code_of(Style style) {
  const auto number = static_cast<size_t>(style), source = static_cast<size_t>(Style::source);
  return number < source ? kCodes[number] : kSources[number - source];
}

struct Range {
  char32_t first, last;
};

bool in(const Range* begin, const Range* end, char32_t c) {
  const Range* range = std::lower_bound(begin, end, c, [](const Range& r, char32_t value) { return r.last < value; });
  return range != end && c >= range->first;
}

// Combining marks of the scripts in common use, and what East Asian Width (UAX 11) calls wide.
constexpr Range kNarrowless[] = {{0x300, 0x36f},   {0x483, 0x489},   {0x591, 0x5bd},   {0x610, 0x61a},
                                 {0x64b, 0x65f},   {0x900, 0x902},   {0x93c, 0x93c},   {0x941, 0x948},
                                 {0xe31, 0xe31},   {0xe34, 0xe3a},   {0xe47, 0xe4e},   {0x1ab0, 0x1aff},
                                 {0x1dc0, 0x1dff}, {0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f}};
constexpr Range kWide[] = {
    {0x1100, 0x115f},   {0x231a, 0x231b},  {0x23e9, 0x23ec}, {0x2614, 0x2615}, {0x2648, 0x2653},   {0x26a1, 0x26a1},
    {0x2705, 0x2705},   {0x274c, 0x274c},  {0x2753, 0x2755}, {0x2795, 0x2797}, {0x2b50, 0x2b50},   {0x2e80, 0x303e},
    {0x3041, 0x33ff},   {0x3400, 0x4dbf},  {0x4e00, 0x9fff}, {0xa000, 0xa4cf}, {0xa960, 0xa97c},   {0xac00, 0xd7a3},
    {0xf900, 0xfaff},   {0xfe30, 0xfe6f},  {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff},
    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd}};

// Cells of one character at column `at`.
size_t cells(char32_t c, size_t at) {
  if (c == '\t') return 8 - at % 8;
  if (c < 0x300) return 1;
  if (in(std::begin(kNarrowless), std::end(kNarrowless), c)) return 0;
  return in(std::begin(kWide), std::end(kWide), c) ? 2 : 1;
}

class Painter {
 public:
  Painter(std::string& out, bool colour) : out_(out), colour_(colour) {}

  void put(std::string_view text, Style style) {
    if (colour_ && style != current_) {
      if (current_ != Style::plain) out_ += kReset;
      out_ += code_of(style);
      current_ = style;
    }
    out_ += text;
  }

  void end_line() {
    put("", Style::plain);
    out_ += '\n';
  }

  void finish() { put("", Style::plain); }

 private:
  std::string& out_;
  bool colour_;
  Style current_ = Style::plain;
};

// Where a line that may take `room` cells and starts at `from` ends: after a space if there is one in its second
// half, else anywhere between characters. At least one character is taken.
size_t fold_at(std::string_view text, size_t from, size_t start_column, size_t width) {
  size_t column = start_column, at = from, after_space = from;
  while (at < text.size() && text[at] != '\n') {
    const utf8::Decoded next = utf8::decode(text.substr(at));
    const size_t size = cells(next.code, column);
    if (column + size > width && at > from) {
      const bool useful = after_space > from && (at - after_space) * 2 < at - from;
      return useful ? after_space : at;
    }
    column += size;
    at += next.length;
    if (next.code == ' ') after_space = at;
  }
  return at;
}

}  // namespace

Style source_style(std::string_view value) {
  uint32_t hash = 2166136261u;  // FNV-1a
  for (const char c : value) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619u;
  return static_cast<Style>(static_cast<uint32_t>(Style::source) + hash % kSourceStyles);
}

void StyledText::clear() {
  text.clear();
  styles.clear();
}

void StyledText::append(std::string_view safe, Style style) {
  text += safe;
  styles.resize(text.size(), style);
}

void StyledText::append_raw(std::string_view raw, Style style, const std::vector<std::pair<size_t, size_t>>& spans,
                            Newlines newlines) {
  size_t at = 0;
  for (const auto& [begin, end] : spans) {
    if (begin < at || end > raw.size()) continue;
    append_printable(text, raw.substr(at, begin - at), newlines);
    styles.resize(text.size(), style);
    append_printable(text, raw.substr(begin, end - begin), newlines);
    styles.resize(text.size(), Style::match);
    at = end;
  }
  append_printable(text, raw.substr(at), newlines);
  styles.resize(text.size(), style);
}

size_t display_width(std::string_view text) {
  size_t column = 0;
  for (size_t at = 0; at < text.size();) {
    const utf8::Decoded next = utf8::decode(text.substr(at));
    column += cells(next.code, column);
    at += next.length;
  }
  return column;
}

void write_styled(std::string& out, const StyledText& styled, bool colour, const FoldOptions& fold) {
  if (!colour && fold.width == 0 && fold.indent == 0) {
    out += styled.text;
    return;
  }
  Painter painter(out, colour);
  const std::string_view text = styled.text;
  const std::string indent(fold.indent, ' ');
  const bool folds = fold.width > fold.indent + 8;
  size_t column = fold.used;
  for (size_t at = 0; at < text.size();) {
    size_t end = folds ? fold_at(text, at, column, fold.width) : std::min(text.find('\n', at), text.size());
    for (size_t from = at; from < end;) {
      size_t to = from + 1;
      while (to < end && styled.styles[to] == styled.styles[from]) ++to;
      painter.put(text.substr(from, to - from), styled.styles[from]);
      from = to;
    }
    at = end;
    if (at < text.size()) {
      if (text[at] == '\n' || text[at] == ' ') ++at;  // a fold stands for the space
      painter.end_line();
      painter.put(indent, Style::plain);
      column = fold.indent;
    }
  }
  painter.finish();
}

}  // namespace alco::output
