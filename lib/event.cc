#include "lib/event.h"

#include <charconv>
#include <cmath>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace alco {
namespace {

bool needs_escape(unsigned char c) { return c < 0x20 || c == '"' || c == '\\' || c == 0x7f; }

// The first byte at or after `at` that a JSON string can't hold as it is, or `end`.
const char* find_escape(const char* at, const char* end) {
#ifdef __SSE2__
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1f)), bytes);
    const __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    const __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));
    const __m128i del = _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7f));
    const int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(control, quote), _mm_or_si128(slash, del)));
    if (found) return at + __builtin_ctz(static_cast<unsigned>(found));
  }
#endif
  while (at != end && !needs_escape(static_cast<unsigned char>(*at))) ++at;
  return at;
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default: {
      const auto byte = static_cast<unsigned char>(c);
      const char hex[] = "0123456789abcdef";
      const char text[] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
      out.append(text, sizeof text);
    }
  }
}

template <class Integer>
void append_integer(std::string& out, Integer value) {
  char text[24];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, static_cast<size_t>(end - text));
}

}  // namespace

void append_json_value(std::string& out, const Member& member) {
  switch (member.type) {
    case Type::absent:
    case Type::null:
      out += "null";
      break;
    case Type::boolean:
      out += member.boolean ? "true" : "false";
      break;
    case Type::integer:
      append_integer(out, member.integer);
      break;
    case Type::big_unsigned:
      append_integer(out, member.big_unsigned);
      break;
    case Type::real:
      append_json_real(out, member.real);
      break;
    case Type::string:
      append_json_string(out, member.text);
      break;
    case Type::raw:
      out += member.text;
      break;
    case Type::object_begin:
      out += '{';
      break;
    case Type::object_end:
      break;
  }
}

void append_json_string(std::string& out, std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const char* special = find_escape(at, end);
  if (special == end) {
    const size_t before = out.size();
    out.resize(before + text.size() + 2);
    char* const to = out.data() + before;
    to[0] = '"';
    if (!text.empty()) memcpy(to + 1, at, text.size());
    to[text.size() + 1] = '"';
    return;
  }
  out += '"';
  for (;;) {
    out.append(at, static_cast<size_t>(special - at));
    if (special == end) break;
    append_escape(out, *special);
    at = special + 1;
    special = find_escape(at, end);
  }
  out += '"';
}

void append_json_real(std::string& out, double value) {
  char text[40];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  const std::string_view shortest(text, static_cast<size_t>(end - text));
  out += shortest;
  if (shortest.find_first_of(".e") == shortest.npos) out += ".0";
}

void append_json(std::string& out, const Event& event) {
  out += "{\"@timestamp\":\"";
  append_rfc3339(out, event.time);
  out += '"';
  if (event.message) {
    out += ",\"message\":";
    append_json_string(out, *event.message);
  }
  bool first = false;  // in the object that is open
  for (const Member& member : event.members) {
    if (member.type == Type::object_end) {
      out += '}';
      first = false;
      continue;
    }
    if (!first) out += ',';
    append_json_string(out, member.key);
    out += ':';
    append_json_value(out, member);
    first = member.type == Type::object_begin;
  }
  out += '}';
}

}  // namespace alco
