#include "lib/printable.h"

#include <cstdio>

#include "lib/utf8.h"

namespace alco {
namespace {

bool acts_unseen(char32_t c) {
  return (c >= 0x80 && c <= 0x9f) || c == 0xad || c == 0x61c || c == 0x180e || (c >= 0x200b && c <= 0x200f) ||
         (c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || (c >= 0xfff9 && c <= 0xfffb) ||
         (c >= 0xe0000 && c <= 0xe0fff) || (c & 0xfffe) == 0xfffe;
}

void append_byte(std::string& out, unsigned char byte) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += "\\x";
  out += kHex[byte >> 4];
  out += kHex[byte & 15];
}

}  // namespace

void append_printable(std::string& out, std::string_view text, Newlines newlines) {
  size_t plain = 0;  // start of the run not yet copied
  size_t at = 0;
  while (at < text.size()) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if ((byte >= 0x20 && byte < 0x7f) || byte == '\t' || (byte == '\n' && newlines == Newlines::keep)) {
      ++at;
      continue;
    }
    const utf8::Decoded next = utf8::decode(text.substr(at));
    if (byte >= 0x80 && next.valid && !acts_unseen(next.code)) {
      at += next.length;
      continue;
    }
    out.append(text, plain, at - plain);
    if (byte == '\n') {
      out += "\\n";
    } else if (byte == '\r') {
      out += "\\r";
    } else if (byte < 0x80 || !next.valid) {
      append_byte(out, byte);
    } else {
      char escaped[16];
      snprintf(escaped, sizeof escaped, "\\u{%x}", static_cast<unsigned>(next.code));
      out += escaped;
    }
    at += next.valid ? next.length : 1;
    plain = at;
  }
  out.append(text, plain, at - plain);
}

}  // namespace alco
