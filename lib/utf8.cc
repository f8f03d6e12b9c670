#include "lib/utf8.h"

#include <simdjson.h>

namespace alco::utf8 {

Decoded decode(std::string_view text) {
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continuation = [&](size_t i) { return i < text.size() && (at(i) & 0xc0) == 0x80; };
  const char32_t a = at(0);
  if (a < 0x80) return {a, 1, true};
  if (a >= 0xc2 && a <= 0xdf && continuation(1)) return {(a & 0x1f) << 6 | (at(1) & 0x3fu), 2, true};
  if (a >= 0xe0 && a <= 0xef && continuation(1) && continuation(2)) {
    const char32_t c = (a & 0x0f) << 12 | (at(1) & 0x3fu) << 6 | (at(2) & 0x3fu);
    if (c >= 0x800 && (c < 0xd800 || c > 0xdfff)) return {c, 3, true};
  }
  if (a >= 0xf0 && a <= 0xf4 && continuation(1) && continuation(2) && continuation(3)) {
    const char32_t c = (a & 0x07) << 18 | (at(1) & 0x3fu) << 12 | (at(2) & 0x3fu) << 6 | (at(3) & 0x3fu);
    if (c >= 0x10000 && c <= 0x10ffff) return {c, 4, true};
  }
  return {a, 1, false};
}

unsigned encode(char* out, char32_t c) {
  unsigned size = 0;
  const auto put = [&](char32_t byte) { out[size++] = static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  }
  return size;
}

void append(std::string& out, char32_t c) {
  char bytes[4];
  out.append(bytes, encode(bytes, c));
}

bool valid(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

void append_repaired(std::string& out, std::string_view text) {
  if (valid(text)) {
    out += text;
    return;
  }
  for (size_t at = 0; at < text.size();) {
    const Decoded next = decode(text.substr(at));
    if (next.valid)
      out.append(text, at, next.length);
    else
      out += "\xef\xbf\xbd";
    at += next.length;
  }
}

}  // namespace alco::utf8
