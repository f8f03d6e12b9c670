#include "lib/sphinx/escape.h"

#include <algorithm>
#include <cassert>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace alco::sphinx {
namespace {

// The first \\ or ' at or after `at`, or `end`.
const char* find_special(const char* at, const char* end) {
#ifdef __SSE2__
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i found =
        _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\'')), _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    const int mask = _mm_movemask_epi8(found);
    if (mask) return at + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (at != end && *at != '\'' && *at != '\\') ++at;
  return at;
}

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  assert(quotable(text));
  out += '\'';
  const char* at = text.data();
  const char* const end = at + text.size();
  for (;;) {
    const char* const special = find_special(at, end);
    out.append(at, special);
    if (special == end) break;
    out += '\\';
    out += *special;
    at = special + 1;
  }
  out += '\'';
}

bool plain_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= 64 && letter(name[0]) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || digit(c); });
}

}  // namespace alco::sphinx
