#include "lib/query/scanner.h"

#include <charconv>
#include <cmath>

namespace alco::query {
namespace {

bool blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

bool name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool name_rest(char c) { return name_start(c) || digit(c) || c == '.' || c == '-' || c == '@'; }

struct Unit {
  std::string_view name;
  double factor;
};

constexpr Unit kSizes[] = {{"KB", 1e3},   {"MB", 1e6},          {"GB", 1e9},
                           {"KiB", 1024}, {"MiB", 1024 * 1024}, {"GiB", 1024.0 * 1024 * 1024}};
constexpr Unit kTimes[] = {{"ms", 1e-3}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};  // in seconds

// The unit that the numbers of a field have, in seconds, as its name tells: "duration_ms".
constexpr Unit kFieldUnits[] = {{"_ns", 1e-9}, {"_us", 1e-6}, {"_ms", 1e-3}, {"_min", 60},
                                {"_h", 3600},  {"Ns", 1e-9},  {"Us", 1e-6},  {"Ms", 1e-3}};

std::optional<double> factor_of(std::string_view unit, std::string_view field) {
  if (unit.empty()) return 1;
  for (const Unit& size : kSizes)
    if (unit == size.name) return size.factor;
  for (const Unit& time : kTimes) {
    if (unit != time.name) continue;
    for (const Unit& own : kFieldUnits)
      if (field.ends_with(own.name)) return std::round(time.factor / own.factor * 1e6) / 1e6;
    return time.factor;
  }
  return std::nullopt;
}

}  // namespace

void Scanner::skip_blanks() {
  while (!at_end() && blank(text_[at_])) ++at_;
}

bool Scanner::take(std::string_view what) {
  if (!at(what)) return false;
  at_ += what.size();
  return true;
}

bool Scanner::word_ends(size_t ahead) const {
  const size_t place = at_ + ahead;
  return place >= text_.size() || blank(text_[place]) || (groups_ > 0 && text_[place] == ')');
}

bool Scanner::keyword(std::string_view word) const { return at(word) && word_ends(word.size()); }

bool Scanner::operator_follows(std::string_view word) const {
  if (!keyword(word)) return false;
  Scanner ahead = *this;
  ahead.take(word);
  ahead.skip_blanks();
  return !ahead.operands_end();
}

void Scanner::enter_group() {
  take("(");
  ++groups_;
  open_ = 0;
}

void Scanner::leave_group(const Place& outer) {
  --groups_;
  open_ = outer.open;
}

void Scanner::back(const Place& place) {
  at_ = place.at;
  open_ = place.open;
}

void Scanner::give_up(const Place& place) {
  patience_ -= static_cast<int64_t>(at_ - place.at) + 16;
  back(place);
}

std::string_view Scanner::word() {
  const size_t begin = at_;
  for (; !at_end() && !blank(text_[at_]); ++at_) {
    if (groups_ == 0) continue;
    if (text_[at_] == '(') ++open_;
    if (text_[at_] != ')') continue;
    if (open_ == 0) break;
    --open_;
  }
  return text_.substr(begin, at_ - begin);
}

std::optional<Scanner::Flags> Scanner::flags(size_t from, std::string_view letters, std::string_view after_hyphen,
                                             size_t& end) const {
  Flags flags;
  const auto set = [&](std::string_view allowed) {
    if (end >= text_.size() || allowed.find(text_[end]) == allowed.npos) return false;
    switch (text_[end++]) {
      case 'i':
        flags.ignore_case = true;
        break;
      case 's':
        flags.dot_all = true;
        break;
      case 'c':
        flags.exact_case = true;
        break;
      case 'w':
        flags.whole_word = true;
        break;
      case 'g':
        flags.wildcard = true;
        break;
      default:
        break;
    }
    return true;
  };
  end = from;
  while (set(letters)) {
  }
  if (end < text_.size() && text_[end] == '-') {
    const size_t hyphen = end++;
    while (set(after_hyphen)) {
    }
    if (end == hyphen + 1) return std::nullopt;
  }
  if (!word_ends(end - at_)) return std::nullopt;
  return flags;
}

std::optional<Scanner::Delimited> Scanner::quoted() {
  const char quote = peek();
  if ((quote != '"' && quote != '\'') || !may_try()) return std::nullopt;
  const Place start = place();
  const size_t begin = at_;
  Delimited result;
  for (size_t i = begin + 1; i < text_.size();) {
    // Backslashes mean something only in front of a quote: two stand for one, an odd one makes the quote text.
    size_t backslashes = 0;
    while (i < text_.size() && text_[i] == '\\') ++i, ++backslashes;
    if (i == text_.size() || text_[i] != quote) {
      result.text.append(backslashes, '\\');
      if (i < text_.size()) result.text += text_[i++];
      continue;
    }
    result.text.append(backslashes / 2, '\\');
    size_t end = 0;
    if (backslashes % 2 == 0) {
      if (const auto found = flags(i + 1, "i", "cgw", end)) {
        result.flags = *found;
        at_ = end;
        return result;
      }
    }
    result.text += text_[i++];
  }
  at_ = text_.size();
  give_up(start);
  return std::nullopt;
}

std::optional<Scanner::Delimited> Scanner::regex() {
  if (peek() != '/' || !may_try()) return std::nullopt;
  const Place start = place();
  const size_t begin = at_;
  bool blanks = false, slashes = false;  // in the expression
  size_t i = begin + 1;
  for (; i < text_.size(); ++i) {
    if (blank(text_[i])) blanks = true;
    if (blanks && slashes) break;  // "/usr/bin and /usr/lib/" are paths
    if (text_[i] == '\\') {
      ++i;
      continue;
    }
    if (text_[i] != '/') continue;
    size_t end = 0;
    if (const auto found = flags(i + 1, "is", "cw", end); found && i > begin + 1) {
      Delimited result{std::string(text_.substr(begin + 1, i - begin - 1)), *found};
      at_ = end;
      return result;
    }
    slashes = true;
  }
  at_ = std::min(i, text_.size());
  give_up(start);
  return std::nullopt;
}

std::optional<std::string> Scanner::name() {
  size_t end = at_;
  if (end < text_.size() && (name_start(text_[end]) || text_[end] == '@')) ++end;
  while (end > at_ && end < text_.size() && name_rest(text_[end])) ++end;
  if (end == at_) return std::nullopt;
  std::string result(text_.substr(at_, end - at_));
  at_ = end;
  return result;
}

std::optional<std::string> Scanner::quoted_name() {
  if (peek() != '"' || !may_try()) return std::nullopt;
  const Place start = place();
  const size_t begin = at_;
  std::string result;
  for (size_t i = begin + 1; i < text_.size(); ++i) {
    if (text_[i] == '\\' && i + 1 < text_.size()) {
      ++i;
    } else if (text_[i] == '"') {
      at_ = i + 1;
      if (peek() != '\0' && std::string_view(":=<>").find(peek()) != std::string_view::npos) return result;
      break;
    }
    result += text_[i];
    at_ = i;
  }
  give_up(start);
  return std::nullopt;
}

std::optional<double> Scanner::number(std::string_view field) {
  const Place start = place();
  const std::string_view all = word();
  std::string_view text = all;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool digits = !text.empty() && (digit(text[0]) || (text[0] == '-' && text.size() > 1 && digit(text[1])));
  if (digits && error == std::errc()) {
    const auto factor = factor_of(text.substr(static_cast<size_t>(end - text.data())), field);
    if (factor && std::isfinite(value * *factor)) return value * *factor;
  }
  back(start);
  return std::nullopt;
}

}  // namespace alco::query
