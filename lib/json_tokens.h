#pragma once
// The tokens of one line of JSON, as simdjson's first stage finds them: that stage checks UTF-8 and quotes, and is
// chosen for the processor at run time. The second stage is ours: simdjson's keeps no source text of arrays and of
// numbers that no type holds, and copies every string.
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>

#include "lib/event.h"
#include "lib/json_value.h"

namespace alco::json {

class Tokens {
 public:
  Tokens();
  ~Tokens();

  // False if the line is not UTF-8 or no sequence of tokens. It must stay valid while its tokens are read; views that
  // are given out point into it or into a buffer that the next start() reuses.
  [[nodiscard]] bool start(std::string_view line);

  char peek() const { return at_ < count_ ? base_[index_[at_]] : '\0'; }  // the first character of the current token
  bool at_end() const { return at_ == count_; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  // These pass the token, or return false if it is none of its kind (then nothing more can be read).
  [[nodiscard]] bool read_string(std::string_view& text);  // unescaped
  [[nodiscard]] bool read_scalar(Member& member);          // number, true, false, null
  // The array without blanks. Refuses more than `max_depth` containers within each other, itself included; at most 64.
  [[nodiscard]] bool read_array(std::string_view& text, int max_depth);

  std::string_view scalar_text() const;  // of the current token, which is not the end

 private:
  struct Stage;
  bool inside_of_string(std::string_view& inside);
  bool copy_string(char*& out);
  bool copy_char(char c, char*& out);
  static bool blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

  std::unique_ptr<Stage> stage_;
  std::unique_ptr<char[]> buffer_;  // unescaped strings and copied arrays
  size_t buffer_size_ = 0;
  char* free_space_ = nullptr;
  const char* base_ = nullptr;
  size_t size_ = 0;
  const uint32_t* index_ = nullptr;  // where each token begins
  uint32_t count_ = 0;
  uint32_t at_ = 0;
  const char* backslash_ = nullptr;  // the first one not yet passed; the end of the line if there is none
};

// The inside of the string that starts at the current token, which is passed.
inline bool Tokens::inside_of_string(std::string_view& inside) {
  if (peek() != '"') return false;
  const char* const first = base_ + index_[at_] + 1;
  ++at_;
  const char* last = base_ + (at_ < count_ ? index_[at_] : size_);  // behind it only its closing quote and blanks
  while (blank(last[-1])) --last;
  --last;
  inside = {first, static_cast<size_t>(last - first)};
  return true;
}

inline std::string_view Tokens::scalar_text() const {
  const char* const first = base_ + index_[at_];
  const char* last = base_ + (at_ + 1 < count_ ? index_[at_ + 1] : size_);
  while (blank(last[-1])) --last;
  return {first, static_cast<size_t>(last - first)};
}

inline bool Tokens::read_string(std::string_view& text) {
  if (!inside_of_string(text)) return false;
  const char* const end = text.data() + text.size();
  if (backslash_ >= end) return true;
  char* const copy = free_space_;
  free_space_ = unescape(text, copy);
  if (!free_space_) return false;
  text = {copy, static_cast<size_t>(free_space_ - copy)};
  const auto* next = static_cast<const char*>(memchr(end, '\\', static_cast<size_t>(base_ + size_ - end)));
  backslash_ = next ? next : base_ + size_;
  return true;
}

inline bool Tokens::read_scalar(Member& member) {
  const std::string_view text = scalar_text();
  ++at_;
  switch (text[0]) {
    case 't':
    case 'f':
      member.type = Type::boolean;
      member.boolean = text[0] == 't';
      return text == (member.boolean ? "true" : "false");
    case 'n':
      member.type = Type::null;
      return text == "null";
    default:
      break;
  }
  return read_number(text, member);
}

}  // namespace alco::json
