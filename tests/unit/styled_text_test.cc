#include "lib/output/styled_text.h"

#include "tests/unit/check.h"

using namespace alco;
using namespace alco::output;

namespace {

std::string folded(std::string_view text, size_t width, size_t indent = 2) {
  StyledText styled;
  styled.append_raw(text, Style::plain, {}, Newlines::keep);
  std::string out;
  write_styled(out, styled, false, {width, 0, indent});
  return out;
}

void folds_between_words_and_loses_nothing() {
  CHECK(folded("short", 20) == "short");
  CHECK(folded("one two three four five", 12) == "one two \n  three \n  four five");
  CHECK(folded("aaaaaaaaaaaaaaaaaaaaaaaaa", 12) == "aaaaaaaaaaaa\n  aaaaaaaaaa\n  aaa");
  CHECK(folded("one\ntwo", 40) == "one\n  two");
  CHECK(folded("one two three four five", 0, 0) == "one two three four five");
}

void counts_cells_not_bytes() {
  CHECK(display_width("abc") == 3);
  CHECK(display_width("é") == 1);
  CHECK(display_width("e\u0301") == 1);
  CHECK(display_width("日本") == 4);
  CHECK(display_width("a\tb") == 9);
  CHECK(folded("日本語日本語日本語", 12) == "日本語日本語\n  日本語");
}

void styles_survive_escapes_and_folds() {
  StyledText styled;
  styled.append_raw("a\033[31mbcd", Style::plain, {{6, 8}});
  std::string out;
  write_styled(out, styled, true, {});
  CHECK(out == "a\\x1b[31m\033[1;31mbc\033[0md");
  styled.clear();
  styled.append("one two three", Style::faint);
  out.clear();
  write_styled(out, styled, true, {11, 0, 2});
  CHECK(out == "\033[2mone two \033[0m\n  \033[2mthree\033[0m");
}

}  // namespace

int main() {
  folds_between_words_and_loses_nothing();
  counts_cells_not_bytes();
  styles_survive_escapes_and_folds();
  return failures() != 0;
}
