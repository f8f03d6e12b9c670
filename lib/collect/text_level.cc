#include "lib/collect/text_level.h"

#include <cstddef>

#include "lib/collect/text_cursor.h"

namespace alco {
namespace {

constexpr size_t kLongest = 11;  // INFORMATION
constexpr size_t kWindow = 120;  // bytes that are looked at
constexpr int kWords = 14;

bool equals(std::string_view word, std::string_view upper) {
  if (word.size() != upper.size()) return false;
  for (size_t i = 0; i < word.size(); ++i)
    if ((word[i] & ~0x20) != upper[i]) return false;
  return true;
}

bool capitals(std::string_view word) {
  for (char c : word)
    if (!is_upper(c)) return false;
  return true;
}

// Capitals alone do not make these a level: SERVICE ALERT, SYSTEM.
bool common_word(std::string_view word) {
  return word == "ALERT" || word == "NOTE" || word == "SYSTEM" || word == "FINE" || word == "PANIC";
}

// level=info, lvl="warn", "severity":"ERROR"
bool names_level(std::string_view word) {
  return equals(word, "LEVEL") || equals(word, "LVL") || equals(word, "SEVERITY") || equals(word, "LEVELNAME");
}

}  // namespace

bool is_level_word(std::string_view word) {
  if (word.size() < 3 || word.size() > kLongest) return false;
  switch (word[0] & ~0x20) {
    case 'A':
      return equals(word, "ALERT");
    case 'C':
      return equals(word, "CRITICAL") || equals(word, "CRIT");
    case 'D':
      return equals(word, "DEBUG");
    case 'E':
      return equals(word, "ERROR") || equals(word, "ERR") || equals(word, "EMERG") || equals(word, "EMERGENCY");
    case 'F':
      return equals(word, "FATAL") || equals(word, "FINE") || equals(word, "FINER") || equals(word, "FINEST");
    case 'I':
      return equals(word, "INFO") || equals(word, "INFORMATION");
    case 'N':
      return equals(word, "NOTICE") || equals(word, "NOTE");
    case 'P':
      return equals(word, "PANIC");
    case 'S':
      return equals(word, "SEVERE") || equals(word, "SYSTEM");
    case 'T':
      return equals(word, "TRACE");
    case 'V':
      return equals(word, "VERBOSE");
    case 'W':
      return equals(word, "WARN") || equals(word, "WARNING");
    default:
      return false;
  }
}

std::string_view find_level(std::string_view text) {
  const std::string_view head = text.substr(0, kWindow);
  bool named = false;  // the word before was level=
  int words = 0;
  for (size_t at = 0; at < head.size();) {
    if (!is_letter(head[at])) {
      if (is_word(head[at]))  // a word that begins with a digit
        while (at < head.size() && is_word(head[at])) ++at;
      else
        ++at;
      continue;
    }
    const size_t from = at;
    while (at < head.size() && is_word(head[at])) ++at;
    if (++words > kWords) break;
    const std::string_view word = head.substr(from, at - from);
    const char before = from > 0 ? head[from - 1] : ' ';
    const char after = at < head.size() ? head[at] : ' ';
    if (is_level_word(word) && word.size() < head.size() - from + 1) {
      const bool bracketed = (before == '[' || before == '<' || before == ':') && (after == ']' || after == '>');
      const bool apart = before != '.' && before != '/' && before != '-' && after != '.' && after != '/' &&
                         after != '-' && after != '=' && after != '\'';
      if (named || bracketed || (apart && capitals(word) && !common_word(word)) || (words == 1 && after == ':'))
        return word;
    }
    named = names_level(word) && (after == '=' || after == ':' || after == '"');
  }
  return {};
}

}  // namespace alco
