#include "lib/query/required_literals.h"

#include <algorithm>
#include <utility>

#include "lib/utf8.h"

namespace alco::query {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

class Extractor {
 public:
  explicit Extractor(std::string_view regex) : rest_(regex) {}

  RequiredLiterals run() {
    RequiredLiterals result;
    result.literals = alternation();
    if (gave_up_ || !rest_.empty()) return {};
    result.complete = plain_ && result.literals.size() == 1;
    return result;
  }

 private:
  using Literals = std::vector<std::string>;
  enum class Repeat { once, more, maybe_none };

  bool at(std::string_view what) const { return rest_.starts_with(what); }

  bool take(char c) {
    if (rest_.empty() || rest_[0] != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void give_up() {
    gave_up_ = true;
    rest_ = {};
  }

  // Up to the closing parenthesis of the group, or the end.
  Literals alternation() {
    Literals literals = concatenation();
    bool several = false;
    while (take('|')) {
      several = true;
      concatenation();
    }
    if (several) {
      plain_ = false;
      literals.clear();
    }
    return literals;
  }

  Literals concatenation() {
    Literals literals;
    std::string run;
    const auto flush = [&] {
      if (!run.empty()) literals.push_back(std::exchange(run, {}));
    };
    while (!rest_.empty() && rest_[0] != '|' && rest_[0] != ')') {
      if (rest_[0] == '(') {
        flush();
        Literals inner = group();
        if (repeat() != Repeat::maybe_none) std::move(inner.begin(), inner.end(), std::back_inserter(literals));
        continue;
      }
      const std::string character = single();
      const Repeat times = repeat();
      if (times != Repeat::maybe_none) run += character;
      if (character.empty() || times != Repeat::once) {
        plain_ = false;
        flush();
      }
    }
    flush();
    return literals;
  }

  Literals group() {
    plain_ = false;
    rest_.remove_prefix(1);
    if (take('?')) {
      if (take('P')) {
        rest_.remove_prefix(std::min(rest_.find('>') + 1, rest_.size()));
      } else {
        while (!rest_.empty() && rest_[0] != ':' && rest_[0] != ')') {
          if (take('i')) {
            give_up();
            return {};
          }
          rest_.remove_prefix(1);
        }
        if (!take(':')) {
          take(')');
          return {};
        }
      }
    }
    Literals literals = alternation();
    if (!take(')')) give_up();
    return literals;
  }

  // The character that the next element stands for; empty for all others, which are passed too.
  std::string single() {
    const char c = rest_[0];
    if (c == '\\') return escape();
    if (c == '[') {
      skip_class();
      return {};
    }
    const size_t length = utf8::decode(rest_).length;
    std::string character(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (c == '.' || c == '^' || c == '$' || c == '*' || c == '+' || c == '?') return {};
    return character;
  }

  std::string escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return {};
    const char c = rest_[0];
    if (!letter(c) && !digit(c)) {
      const size_t length = utf8::decode(rest_).length;
      std::string character(rest_.substr(0, length));
      rest_.remove_prefix(length);
      return character;
    }
    rest_.remove_prefix(1);
    if (c == 't') return "\t";
    if (c == 'n') return "\n";
    if (c == 'd' || c == 'D' || c == 's' || c == 'S' || c == 'w' || c == 'W' || c == 'b' || c == 'B' || c == 'A' ||
        c == 'z')
      return {};
    if ((c == 'p' || c == 'P') && !rest_.empty()) {  // \pL, \p{Greek}
      rest_.remove_prefix(at("{") ? std::min(rest_.find('}') + 1, rest_.size()) : 1);
      return {};
    }
    give_up();  // \x, \Q, octal numbers and what else is rare
    return {};
  }

  void skip_class() {
    rest_.remove_prefix(1);
    take('^');
    take(']');
    while (!rest_.empty() && !take(']')) {
      if (at("[:")) {
        const size_t end = rest_.find(":]");
        rest_.remove_prefix(end == rest_.npos ? 1 : end + 2);
      } else {
        rest_.remove_prefix(at("\\") ? std::min<size_t>(2, rest_.size()) : 1);
      }
    }
  }

  Repeat repeat() {
    Repeat result = Repeat::once;
    for (;;) {
      if (take('*') || take('?')) {
        result = Repeat::maybe_none;
      } else if (take('+')) {
        if (result == Repeat::once) result = Repeat::more;
      } else if (const size_t length = counted_repeat()) {
        rest_.remove_prefix(length);
        result = Repeat::maybe_none;
      } else {
        return result;
      }
    }
  }

  // The length of {2}, {2,} or {2,3} at the current place, else 0: then it is text.
  size_t counted_repeat() const {
    size_t i = 0;
    const auto digits = [&] {
      const size_t from = i;
      while (i < rest_.size() && digit(rest_[i])) ++i;
      return i > from;
    };
    if (!at("{")) return 0;
    ++i;
    if (!digits()) return 0;
    if (i < rest_.size() && rest_[i] == ',') {
      ++i;
      digits();
    }
    return i < rest_.size() && rest_[i] == '}' ? i + 1 : 0;
  }

  std::string_view rest_;
  bool gave_up_ = false;
  bool plain_ = true;  // nothing but literal characters was met
};

}  // namespace

RequiredLiterals required_literals(std::string_view regex) { return Extractor(regex).run(); }

}  // namespace alco::query
