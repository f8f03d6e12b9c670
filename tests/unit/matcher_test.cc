#include "lib/query/matcher.h"

#include <re2/re2.h>

#include <random>
#include <string>

#include "lib/error.h"
#include "lib/query/fold.h"
#include "lib/query/required_literals.h"
#include "lib/utf8.h"
#include "tests/unit/check.h"

using namespace alco;
using namespace alco::query;

namespace {

using Kind = Pattern::Kind;
using Literals = std::vector<std::string>;
using Spans = std::vector<std::pair<size_t, size_t>>;

Matcher literal(const char* text) { return Matcher({.text = text}); }
Matcher any_case(const char* text) { return Matcher({.text = text, .ignore_case = true}); }
Matcher word(const char* text) { return Matcher({.text = text, .whole_word = true}); }
Matcher regex(const char* text) { return Matcher({.kind = Kind::regex, .text = text}); }
Matcher wildcard(const char* text) { return Matcher({.kind = Kind::wildcard, .text = text}); }

Spans spans(const Matcher& matcher, std::string_view text) {
  Spans result;
  matcher.spans(text, result);
  return result;
}

void folds_as_unicode_says() {
  CHECK(folded("ÄÖÜẞ ΑΣ ПРИВЕТ \u212a ſ İ") == "äöüß ασ привет k s İ");
  CHECK(fold(U'ς') == U'σ');
  CHECK(case_variants('k').size() == 3);
  CHECK(case_variants(U'θ').size() == 4);
  CHECK(case_variants('1') == std::vector<char32_t>{'1'});
  for (char32_t c = 0; c < 0x20000; ++c) {
    CHECK(fold(fold(c)) == fold(c));
    if (fold(c) == c) continue;
    const auto variants = case_variants(c);
    CHECK(variants.size() >= 2 && variants.size() <= 4);
    CHECK(std::count(variants.begin(), variants.end(), c) == 1);
  }
  CHECK(has_upper("aÄ") && !has_upper("aä1_") && has_upper("X"));
}

void finds_literals_like_string_find() {
  std::mt19937 random(1);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 200, 'a');
    for (char& c : text) c = "abcA\n \xc3"[random() % (round % 2 ? 7 : 2)];
    std::string needle(random() % 5, 'a');
    for (char& c : needle) c = "abcA\n \xc3"[random() % (round % 2 ? 7 : 2)];
    if (random() % 2 && text.size() > 40) needle = text.substr(random() % 40, random() % 60);
    const size_t from = random() % 210;
    CHECK(find_literal(text, needle, from) == text.find(needle, from));
    const Matcher matcher({.text = needle});
    const auto found = matcher.find(text, from);
    CHECK((found ? found->first : std::string::npos) == text.find(needle, from));
  }
}

void ignores_case_like_folding_both() {
  const char* const characters[] = {"a", "A", "k", "K", "\u212a", "s", "ſ", "S", "ä", "Ä",
                                    "ß", "ẞ", "Ⱥ", "ⱥ", "σ",      "ς", "Σ", "1", " "};
  std::mt19937 random(2);
  const auto make = [&](size_t size) {
    std::string text;
    for (size_t i = 0; i < size; ++i) text += characters[random() % std::size(characters)];
    return text;
  };
  for (int round = 0; round < 20'000; ++round) {
    const std::string needle = make(1 + random() % 4), text = make(random() % 60);
    const Matcher matcher({.text = needle, .ignore_case = true});
    CHECK(matcher.found_in(text) == (folded(text).find(folded(needle)) != std::string::npos));
    CHECK(matcher.equals(text) == (folded(text) == folded(needle)));
    for (const auto& [begin, end] : spans(matcher, text)) CHECK(matcher.equals(text.substr(begin, end - begin)));
    const Matcher as_regex({.kind = Kind::regex, .text = "(?:" + needle + "|xyz)", .ignore_case = true});
    CHECK(as_regex.found_in(text) == matcher.found_in(text));
  }
}

void matches_patterns() {
  CHECK(literal("").found_in("") && literal("").found_in("x") && literal("").equals("") && !literal("").equals("x"));
  CHECK(literal("500").found_in("status=500") && !literal("Error").found_in("error"));
  CHECK(any_case("error").found_in("An ERROR") && any_case("ОШИБКА").found_in("есть ошибка") &&
        !any_case("error").found_in("eror"));
  CHECK(any_case("straße").equals("STRAẞE") && !any_case("strasse").equals("straße"));
  CHECK(wildcard("web*").equals("web01") && wildcard("web*").equals("web") && !wildcard("web*").equals("aweb"));
  CHECK(wildcard("*b*d*").equals("abcde") && !wildcard("*b*d*").equals("adb") && wildcard("*").equals(""));
  CHECK(wildcard("a*a").equals("aa") && !wildcard("a*a").equals("a") && wildcard("\\*\\\\*x").equals("*\\yx"));
  CHECK(Matcher({.kind = Kind::wildcard, .text = "WEB*Ä", .ignore_case = true}).equals("web1ä"));
  CHECK(regex("[0-9]+ terminating").found_in("pid 12 terminating") && !regex("^terminating").found_in("x terminating"));
  CHECK(!regex("a.b").found_in("a\nb") &&
        Matcher({.kind = Kind::regex, .text = "a.b", .dot_all = true}).found_in("a\nb"));
  CHECK(Matcher({.kind = Kind::regex, .text = "GET|put", .ignore_case = true}).found_in("get"));
  CHECK(regex("a\\.b").equals("a.b") && !regex("a\\.b").equals("a.bc") && regex("a+").equals("aaa"));
}

void finds_whole_words() {
  CHECK(word("cat").found_in("a cat.") && !word("cat").found_in("concat cats_") && word("cat").found_in("concat cat"));
  CHECK(!word("cat").found_in("écat") && word("cat").found_in("—cat—") && !word("cat").found_in("cat٣") &&
        word("").found_in(" "));
  CHECK(word("-x").found_in(" -x") && !word("-x").found_in("a-x"));
  const Matcher number({.kind = Kind::regex, .text = "[0-9]+", .whole_word = true});
  CHECK(number.found_in("a 12 b") && !number.found_in("a12 b") && number.found_in("a12 34"));
  CHECK((spans(number, "1 22 x3 4,5") == Spans{{0, 1}, {2, 4}, {8, 9}, {10, 11}}));
  const Matcher captured({.kind = Kind::regex, .text = "(a)(b|c)+", .whole_word = true});
  CHECK((spans(captured, "abc xab abcc") == Spans{{0, 3}, {8, 12}}));
}

void marks_every_match() {
  CHECK((spans(literal("aa"), "aaaaa") == Spans{{0, 2}, {2, 4}}));
  CHECK((spans(any_case("k"), "kK\u212a") == Spans{{0, 1}, {1, 2}, {2, 5}}));
  CHECK((spans(regex("a*"), "baaé") == Spans{{1, 3}}));
  CHECK((spans(regex("^a"), "aa") == Spans{{0, 1}}));
  CHECK(spans(literal(""), "abc").empty());
}

void knows_what_a_regex_requires() {
  const auto required = [](const char* text) { return regex(text).required(); };
  CHECK(required("terminating") == Literals{"terminating"});
  CHECK(required("[0-9]+ terminating") == Literals{" terminating"});
  CHECK((required("foo.*bar") == Literals{"foo", "bar"}));
  CHECK((required("foo(bar)?baz+q") == Literals{"foo", "baz", "q"}));
  CHECK((required("foo(x|y)(bar)") == Literals{"foo", "bar"}));
  CHECK(required("foo|bar").empty());
  CHECK(required("(?i)foo").empty());
  CHECK((required("colou?r") == Literals{"colo", "r"}));
  CHECK((required("ab{2}c") == Literals{"a", "c"}));
  CHECK(required("ab{c").size() == 1);
  CHECK((required("a\\.b\\d+c\\pLd") == Literals{"a.b", "c", "d"}));
  CHECK((required("[]a]x[^[:alpha:]]y[\\]]z") == Literals{"x", "y", "z"}));
  CHECK((required("äé*ö") == Literals{"ä", "ö"}));
  CHECK(required("\\x41b").empty());
  CHECK((required("(?P<name>ab)c") == Literals{"ab", "c"}));
  CHECK(Matcher({.kind = Kind::regex, .text = "Foo", .ignore_case = true}).required() == Literals{"foo"});
  CHECK(any_case("FoO").required() == Literals{"foo"});
  CHECK((wildcard("*ab*c").required() == Literals{"ab", "c"}));
}

// Over random expressions: whatever RE2 matches holds all that is required, and the search before it changes nothing.
void never_requires_too_much() {
  const char* const tokens[] = {"a",   "b",    "ab",   "(",     ")",   "|", "*", "+",   "?",
                                ".",   "[ab]", "[^a]", "{2}",   "{0}", "^", "$", "\\.", "\\d",
                                "(?:", "(?i)", "\\b",  "\\x62", "{,",  "é", "]", "\\pL"};
  std::mt19937 random(3);
  int matched = 0;
  for (int round = 0; round < 6'000; ++round) {
    Pattern pattern{.kind = Kind::regex, .ignore_case = random() % 4 == 0};
    for (size_t n = 1 + random() % 7; n > 0; --n) pattern.text += tokens[random() % std::size(tokens)];
    RE2::Options options(RE2::Quiet);
    options.set_case_sensitive(!pattern.ignore_case);
    const RE2 plain(pattern.text, options);
    if (!plain.ok()) continue;
    const Matcher matcher(pattern);
    for (int i = 0; i < 4; ++i) {
      std::string text;
      for (size_t n = random() % 6; n > 0; --n)
        text += std::vector<const char*>{"a", "b", "AB", "é", "É", ".", "1", "{", "]"}[random() % 9];
      const bool found = RE2::PartialMatch(text, plain);
      CHECK(matcher.found_in(text) == found);
      if (!found) continue;
      ++matched;
      const std::string where = pattern.ignore_case ? folded(text) : text;
      for (const std::string& literal_text : matcher.required()) CHECK(where.find(literal_text) != std::string::npos);
    }
  }
  CHECK(matched > 500);
}

// At the edge of the memory there is for one: it is refused or it works.
void never_fails_in_silence() {
  for (int n = 436; n < 452; n += 3) {
    const std::string text = "\\pL{" + std::to_string(n) + "}";
    try {
      CHECK(Matcher({.kind = Kind::regex, .text = text, .whole_word = true})
                .found_in(std::string(static_cast<size_t>(n), 'a')));
    } catch (const Error& error) {
      CHECK(std::string(error.what()).find("too large") != std::string::npos);
    }
  }
}

void explains_a_bad_regex() {
  const auto message = [](const std::string& text) {
    try {
      const Matcher matcher({.kind = Kind::regex, .text = text});
    } catch (const Error& error) {
      CHECK(error.code() == EX_USAGE);
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK(message("a(b") == "regular expression /a(b/: missing ): a(b");
  CHECK(message("ab[z-a]") == "regular expression /ab[z-a]/: invalid character class range: z-a (at character 4)");
  CHECK(message("x**") == "regular expression /x**/: bad repetition operator: ** (at character 2)");
  CHECK(message(std::string(2000, 'a')).find("longer than 1024 bytes") != std::string::npos);
  CHECK(message("((a{100}){10}){1}[\\pL]{1000}").find("too large") != std::string::npos);
}

}  // namespace

int main() {
  folds_as_unicode_says();
  finds_literals_like_string_find();
  ignores_case_like_folding_both();
  matches_patterns();
  finds_whole_words();
  marks_every_match();
  knows_what_a_regex_requires();
  never_requires_too_much();
  never_fails_in_silence();
  explains_a_bad_regex();
  return failures() != 0;
}
