#pragma once
// The words of a query: quotes, regular expressions, names and numbers, each only if it is one as a whole.
#include <optional>
#include <string>
#include <string_view>

namespace alco::query {

// Reads at a place in the text. What is not there as a whole leaves the place where it was.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  struct Flags {
    bool ignore_case = false;  // i
    bool dot_all = false;      // s, of a regular expression
    bool exact_case = false;   // -c
    bool whole_word = false;   // -w
    bool wildcard = false;     // -g, of a quoted text
  };
  struct Delimited {
    std::string text;
    Flags flags;
  };

  void skip_blanks();
  bool at_end() const { return at_ == text_.size(); }
  bool at(std::string_view what) const { return text_.substr(at_).starts_with(what); }
  char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(std::string_view what);

  struct Place {
    size_t at;
    int open;
  };
  Place place() const { return {at_, open_}; }

  // A place where a word may end: at a blank, the end, and in a group at ')'.
  bool word_ends(size_t ahead = 0) const;
  // No further operand: the end, or the ')' of the group.
  bool operands_end() const { return at_end() || (groups_ > 0 && open_ == 0 && peek() == ')'); }
  bool value_ends() const { return operands_end() || (peek() != ')' && word_ends()); }
  bool keyword(std::string_view word) const;           // upper-case AND, OR, NOT as a whole word
  bool operator_follows(std::string_view word) const;  // the same, with an operand behind it

  // The '(' is passed; brackets that words open in there are closed by words.
  void enter_group();
  void leave_group(const Place& outer);  // where the group began

  void back(const Place& place);
  // The same after an attempt that may have read far. Once too much text was read in vain, may_try() is
  // false, and brackets and quotes are text.
  void give_up(const Place& place);
  bool may_try() const { return patience_ > 0; }

  std::string_view word();                               // up to a blank; in a group up to a ')' that no word opened
  std::optional<Delimited> quoted();                     // "…" or '…', closed where a word may end
  std::optional<Delimited> regex();                      // /…/, the same
  std::optional<std::string> name();                     // of a field, without '@'
  std::optional<std::string> quoted_name();              // "…" in front of ':', '=', '<' or '>'
  std::optional<double> number(std::string_view field);  // with its unit, up to the end of the word

 private:
  std::optional<Flags> flags(size_t from, std::string_view letters, std::string_view after_hyphen, size_t& end) const;

  std::string_view text_;
  size_t at_ = 0;
  int groups_ = 0;              // that are open
  int open_ = 0;                // brackets opened by words of the innermost group
  int64_t patience_ = 1 << 20;  // bytes
};

}  // namespace alco::query
