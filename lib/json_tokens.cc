#include "lib/json_tokens.h"

#include <simdjson.h>

#include <new>

namespace alco::json {

struct Tokens::Stage {
  std::unique_ptr<simdjson::internal::dom_parser_implementation> simd;
};

Tokens::Tokens() : stage_(std::make_unique<Stage>()) {
  constexpr size_t capacity = 8192, depth = 1;  // depth is of the second stage, which is not used
  if (simdjson::get_active_implementation()->create_dom_parser_implementation(capacity, depth, stage_->simd))
    throw std::bad_alloc();
}

Tokens::~Tokens() = default;

bool Tokens::start(std::string_view line) {
  auto& simd = *stage_->simd;
  if (line.size() > simd.capacity() && simd.set_capacity(line.size() * 2)) throw std::bad_alloc();
  if (buffer_size_ < 2 * line.size()) {  // twice: escapes are checked behind the copy
    buffer_size_ = 4 * line.size() + 4096;
    buffer_ = std::make_unique_for_overwrite<char[]>(buffer_size_);
  }
  if (simd.stage1(reinterpret_cast<const uint8_t*>(line.data()), line.size(), simdjson::stage1_mode::regular))
    return false;
  base_ = line.data();
  size_ = line.size();
  index_ = simd.structural_indexes.get();
  count_ = simd.n_structural_indexes;
  at_ = 0;
  free_space_ = buffer_.get();
  const auto* slash = static_cast<const char*>(memchr(base_, '\\', size_));
  backslash_ = slash ? slash : base_ + size_;
  return true;
}

// Copies the string at the current token, as it is, once its escapes are found valid.
bool Tokens::copy_string(char*& out) {
  std::string_view text;
  if (!inside_of_string(text)) return false;
  char* const behind = out + text.size() + 2;
  if (memchr(text.data(), '\\', text.size()) && !unescape(text, behind)) return false;
  memcpy(out, text.data() - 1, text.size() + 2);
  out = behind;
  return true;
}

bool Tokens::copy_char(char c, char*& out) {
  if (peek() != c) return false;
  *out++ = c;
  ++at_;
  return true;
}

// Copies the array at the current token without blanks to the buffer, which then holds `text`.
bool Tokens::read_array(std::string_view& text, int max_depth) {
  char* const begin = free_space_;
  char* out = begin;
  uint64_t objects = 0;  // for each container that is open in here a bit: it is an object
  int open = 0;
  Member ignored{};
  do {
    const char c = peek();
    if (c == '[' || c == '{') {
      if (++open > max_depth) return false;
      objects = objects << 1 | (c == '{');
      if (!copy_char(c, out)) return false;
      if (peek() != (c == '{' ? '}' : ']')) {
        if (c == '{' && !(copy_string(out) && copy_char(':', out))) return false;
        continue;
      }
    } else if (c == '"') {
      if (!copy_string(out)) return false;
    } else {
      if (at_ >= count_) return false;
      const std::string_view scalar = scalar_text();
      if (!read_scalar(ignored)) return false;
      memcpy(out, scalar.data(), scalar.size());
      out += scalar.size();
    }
    while (open > 0 && !copy_char(',', out)) {
      if (!copy_char(objects & 1 ? '}' : ']', out)) return false;
      objects >>= 1;
      --open;
    }
    if (open > 0 && (objects & 1) && !(copy_string(out) && copy_char(':', out))) return false;
  } while (open > 0);
  free_space_ = out;
  text = {begin, static_cast<size_t>(out - begin)};
  return true;
}

}  // namespace alco::json
