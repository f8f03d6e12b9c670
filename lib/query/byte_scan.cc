#include "lib/query/byte_scan.h"

#include <algorithm>
#ifdef __SSE2__
#include <immintrin.h>
#endif

namespace alco::query {
namespace {

bool one_of(char byte, const std::array<char, BytePair::kVariants>& set) {
  return byte == set[0] || byte == set[1] || byte == set[2] || byte == set[3];
}

size_t find_bytewise(std::string_view text, size_t from, size_t end, const BytePair& pair) {
  const char* const data = text.data();
  for (size_t p = from; p < end; ++p)
    if (one_of(data[p], pair.first) && one_of(data[p + pair.distance], pair.second)) return p;
  return text.npos;
}

#ifdef __SSE2__

template <size_t N>
inline __m128i matches16(__m128i block, const __m128i* set) {
  __m128i found = _mm_cmpeq_epi8(block, set[0]);
  for (size_t i = 1; i < N; ++i) found = _mm_or_si128(found, _mm_cmpeq_epi8(block, set[i]));
  return found;
}

template <size_t N>
size_t find_sse2(std::string_view text, size_t from, size_t end, const BytePair& pair) {
  if (end - from < 16) return find_bytewise(text, from, end, pair);
  __m128i first[N], second[N];
  for (size_t i = 0; i < N; ++i) first[i] = _mm_set1_epi8(pair.first[i]), second[i] = _mm_set1_epi8(pair.second[i]);
  const auto load = [](const char* at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at)); };
  for (size_t p = from;;) {
    const char* const at = text.data() + p;
    const __m128i found = _mm_and_si128(matches16<N>(load(at), first), matches16<N>(load(at + pair.distance), second));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(found));
    if (mask) return p + static_cast<size_t>(__builtin_ctz(mask));
    if (p + 16 == end) return text.npos;
    p = std::min(p + 16, end - 16);  // the last block may look again at bytes that are known not to match
  }
}

template <size_t N>
__attribute__((target("avx2"))) size_t find_avx2(std::string_view text, size_t from, size_t end, const BytePair& pair) {
  if (end - from < 32) return find_sse2<N>(text, from, end, pair);
  __m256i first[N], second[N];
  for (size_t i = 0; i < N; ++i)
    first[i] = _mm256_set1_epi8(pair.first[i]), second[i] = _mm256_set1_epi8(pair.second[i]);
  for (size_t p = from;;) {
    const char* const at = text.data() + p;
    const __m256i here = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at));
    const __m256i there = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at + pair.distance));
    __m256i a = _mm256_cmpeq_epi8(here, first[0]), b = _mm256_cmpeq_epi8(there, second[0]);
    for (size_t i = 1; i < N; ++i) {
      a = _mm256_or_si256(a, _mm256_cmpeq_epi8(here, first[i]));
      b = _mm256_or_si256(b, _mm256_cmpeq_epi8(there, second[i]));
    }
    const auto mask = static_cast<unsigned>(_mm256_movemask_epi8(_mm256_and_si256(a, b)));
    if (mask) return p + static_cast<size_t>(__builtin_ctz(mask));
    if (p + 32 == end) return text.npos;
    p = std::min(p + 32, end - 32);
  }
}

#endif

using Scan = size_t (*)(std::string_view, size_t, size_t, const BytePair&);

Scan choose([[maybe_unused]] size_t variants) {
#ifdef __SSE2__
  if (__builtin_cpu_supports("avx2")) return variants == 1 ? find_avx2<1> : variants == 2 ? find_avx2<2> : find_avx2<4>;
  return variants == 1 ? find_sse2<1> : variants == 2 ? find_sse2<2> : find_sse2<4>;
#else
  return find_bytewise;
#endif
}

}  // namespace

BytePair BytePair::of(std::string_view first, std::string_view second, size_t distance) {
  BytePair pair;
  for (size_t i = 0; i < kVariants; ++i) {
    pair.first[i] = first[std::min(i, first.size() - 1)];
    pair.second[i] = second[std::min(i, second.size() - 1)];
  }
  const size_t most = std::max(first.size(), second.size());
  pair.variants = most > 2 ? 4 : most;
  pair.distance = distance;
  return pair;
}

size_t find_pair(std::string_view text, size_t from, const BytePair& pair) {
  static const Scan scans[] = {choose(1), choose(2), choose(4)};
  if (text.size() <= pair.distance || from >= text.size() - pair.distance) return text.npos;
  return scans[pair.variants / 2](text, from, text.size() - pair.distance, pair);
}

unsigned commonness(char byte) {
  // The printable characters of a few hundred thousand lines of logs, the most frequent one first.
  static constexpr std::string_view kOrder =
      " e01ort2a:sn.ic5d-43lu786mp9hkgNRfbSy[]=,x/vCI_FMAODwELJPT()WBUK@$VZjQ*H;qGz<'X>\"#{}Y|!+&?%\\^`~";
  static const auto table = [] {
    std::array<unsigned char, 256> ranks{};
    for (size_t i = 0; i < kOrder.size(); ++i)
      ranks[static_cast<unsigned char>(kOrder[i])] = static_cast<unsigned char>(250 - 2 * i);
    for (size_t i = 0x80; i < 0xc0; ++i) ranks[i] = 120;  // UTF-8: the lead byte tells only the script
    for (size_t i = 0xc0; i < 0x100; ++i) ranks[i] = 200;
    ranks['\n'] = 150;
    return ranks;
  }();
  return table[static_cast<unsigned char>(byte)];
}

}  // namespace alco::query
