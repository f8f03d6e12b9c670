#include "lib/query/matcher.h"

#include <re2/re2.h>

#include <algorithm>
#include <variant>

#include "lib/error.h"
#include "lib/query/fold.h"
#include "lib/query/literal_search.h"
#include "lib/query/regex_limits.h"
#include "lib/query/required_literals.h"
#include "lib/query/wildcard.h"
#include "lib/utf8.h"

namespace alco::query {
namespace {

RE2::Options options(const Pattern& pattern) {
  RE2::Options result;
  result.set_log_errors(false);
  result.set_case_sensitive(!pattern.ignore_case);
  result.set_dot_nl(pattern.dot_all);
  result.set_max_mem(regex_limits().memory);
  return result;
}

// Throws what the person who typed the expression has to know.
std::unique_ptr<RE2> compile(const Pattern& pattern) {
  const std::string shown = "/" + pattern.text.substr(0, 200) + (pattern.text.size() > 200 ? "…/" : "/");
  const size_t most = regex_limits().bytes;
  if (pattern.text.size() > most)
    throw Error(EX_USAGE, "regular expression " + shown + ": longer than " + std::to_string(most) + " bytes");
  auto regex = std::make_unique<RE2>(pattern.text, options(pattern));
  if (regex->ok()) return regex;
  std::string what = "regular expression " + shown + ": " + regex->error();
  const std::string& part = regex->error_arg();
  const size_t at = pattern.text.find(part);
  if (!part.empty() && what.find(part, shown.size()) == what.npos) what += ": " + part;
  if (!part.empty() && part != pattern.text && at != std::string::npos)
    what += " (at character " + std::to_string(at + 1) + ")";
  throw Error(EX_USAGE, what);
}

bool word_character(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  static const RE2 letter_or_digit("[\\pL\\pN]");
  std::string text;
  utf8::append(text, c);
  return RE2::FullMatch(text, letter_or_digit);
}

bool word_before(std::string_view text, size_t at) {
  if (at == 0) return false;
  size_t begin = at - 1;
  while (begin > 0 && at - begin < 4 && (static_cast<unsigned char>(text[begin]) & 0xc0) == 0x80) --begin;
  const utf8::Decoded last = utf8::decode(text.substr(begin));
  return last.valid && begin + last.length == at && word_character(last.code);
}

bool word_at(std::string_view text, size_t at) {
  if (at == text.size()) return false;
  const utf8::Decoded next = utf8::decode(text.substr(at));
  return next.valid && word_character(next.code);
}

using LiteralSearch = std::variant<ExactSearch, FoldedSearch>;

bool has_case(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const utf8::Decoded next = utf8::decode(text.substr(at));
    if (next.valid && case_variants(next.code).size() > 1) return true;
    at += next.length;
  }
  return false;
}

LiteralSearch make_search(std::string_view literal, bool ignore_case) {
  if (ignore_case && has_case(literal)) return FoldedSearch(literal);
  return ExactSearch(literal);
}

std::optional<Span> find_in(const LiteralSearch& search, std::string_view text, size_t from) {
  return std::visit([&](const auto& s) { return s.find(text, from); }, search);
}

}  // namespace

RegexLimits& regex_limits() {
  static RegexLimits limits;
  return limits;
}

struct Matcher::Impl {
  explicit Impl(const Pattern& given);

  std::optional<Span> find_literal(std::string_view text, size_t from) const;
  std::optional<Span> find_regex(std::string_view text, size_t from) const;
  bool equals(std::string_view text) const;

  Pattern pattern;
  std::vector<std::string> required;
  std::optional<LiteralSearch> search;  // of the literal itself, or of the longest one that a regex requires
  std::unique_ptr<RE2> regex;           // null if `search` alone decides
  std::optional<Wildcard> wildcard;
  std::string folded_text;
};

Matcher::Impl::Impl(const Pattern& given) : pattern(given) {
  if (pattern.kind == Pattern::Kind::regex) {
    regex = compile(pattern);
    RequiredLiterals found = required_literals(pattern.text);
    required = std::move(found.literals);
    if (found.complete) {
      regex.reset();
    } else if (pattern.whole_word) {
      const std::string edge = "[^\\pL\\pN_]";
      regex = std::make_unique<RE2>("(?:\\A|" + edge + ")(" + pattern.text + ")(?:" + edge + "|\\z)", options(pattern));
      if (!regex->ok())
        throw Error(EX_USAGE, "regular expression /" + pattern.text + "/: too large to match whole words with");
    }
  } else if (pattern.kind == Pattern::Kind::wildcard) {
    wildcard.emplace(pattern.ignore_case ? folded(pattern.text) : pattern.text);
    required = wildcard->pieces();
  } else {
    required = {pattern.text};
    search = make_search(pattern.text, pattern.ignore_case);
    if (pattern.ignore_case) folded_text = folded(pattern.text);
  }
  std::erase(required, "");
  if (pattern.kind == Pattern::Kind::regex && !required.empty()) {
    const auto longest = std::max_element(required.begin(), required.end(),
                                          [](const auto& a, const auto& b) { return a.size() < b.size(); });
    search = make_search(*longest, pattern.ignore_case);
  }
  if (pattern.ignore_case)
    for (std::string& literal : required) literal = folded(literal);
}

std::optional<Span> Matcher::Impl::find_literal(std::string_view text, size_t from) const {
  for (;;) {
    const auto match = find_in(*search, text, from);
    if (!match || !pattern.whole_word) return match;
    if (!word_before(text, match->first) && !word_at(text, match->second)) return match;
    if (match->first == text.size()) return std::nullopt;
    from = match->first + 1;
  }
}

std::optional<Span> Matcher::Impl::find_regex(std::string_view text, size_t from) const {
  if (search && !find_in(*search, text, from)) return std::nullopt;
  re2::StringPiece groups[2];
  const int wanted = pattern.whole_word ? 2 : 1;
  if (!regex->Match({text.data(), text.size()}, from, text.size(), RE2::UNANCHORED, groups, wanted))
    return std::nullopt;
  const re2::StringPiece& match = groups[wanted - 1];
  const auto begin = static_cast<size_t>(match.data() - text.data());
  return Span(begin, begin + match.size());
}

bool Matcher::Impl::equals(std::string_view text) const {
  switch (pattern.kind) {
    case Pattern::Kind::literal:
      return pattern.ignore_case ? equals_folded(text, folded_text) : text == pattern.text;
    case Pattern::Kind::wildcard:
      return wildcard->matches(pattern.ignore_case ? folded(text) : text);
    case Pattern::Kind::regex:
      break;
  }
  if (!regex) return pattern.ignore_case ? equals_folded(text, required.at(0)) : text == required.at(0);
  return regex->Match({text.data(), text.size()}, 0, text.size(), RE2::ANCHOR_BOTH, nullptr, 0);
}

Matcher::Matcher(const Pattern& pattern) : impl_(std::make_unique<Impl>(pattern)) {}
Matcher::~Matcher() = default;
Matcher::Matcher(Matcher&&) noexcept = default;
Matcher& Matcher::operator=(Matcher&&) noexcept = default;

bool Matcher::found_in(std::string_view text) const {
  if (impl_->wildcard) return equals(text);
  if (!impl_->regex) return impl_->find_literal(text, 0).has_value();
  if (impl_->search && !find_in(*impl_->search, text, 0)) return false;
  return impl_->regex->Match({text.data(), text.size()}, 0, text.size(), RE2::UNANCHORED, nullptr, 0);
}

bool Matcher::equals(std::string_view text) const { return impl_->equals(text); }

std::optional<std::pair<size_t, size_t>> Matcher::find(std::string_view text, size_t from) const {
  if (from > text.size()) return std::nullopt;
  if (impl_->wildcard) return from == 0 && equals(text) ? std::optional(Span(0, text.size())) : std::nullopt;
  return impl_->regex ? impl_->find_regex(text, from) : impl_->find_literal(text, from);
}

void Matcher::spans(std::string_view text, std::vector<std::pair<size_t, size_t>>& out) const {
  for (size_t from = 0; from < text.size();) {
    const auto match = find(text, from);
    if (!match) return;
    if (match->first < match->second) {
      out.push_back(*match);
      from = match->second;
    } else {
      if (match->first == text.size()) return;
      from = match->first + utf8::decode(text.substr(match->first)).length;
    }
  }
}

const std::vector<std::string>& Matcher::required() const { return impl_->required; }

const Pattern& Matcher::pattern() const { return impl_->pattern; }

}  // namespace alco::query
