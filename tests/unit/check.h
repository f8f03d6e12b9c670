#pragma once
// CHECK for unit tests: prints what failed and where, and goes on; the test's main returns failures().
#include <cstdio>

// For limits of time: how much longer it may take under a sanitizer.
#if defined(__SANITIZE_THREAD__) || defined(__SANITIZE_ADDRESS__)
inline constexpr int kSlowness = 30;
#else
inline constexpr int kSlowness = 1;
#endif

inline int& failures() {
  static int count = 0;
  return count;
}

#define CHECK(condition)                                                            \
  do {                                                                              \
    if (!(condition)) {                                                             \
      fprintf(stderr, "%s:%d: CHECK(%s) failed\n", __FILE__, __LINE__, #condition); \
      ++failures();                                                                 \
    }                                                                               \
  } while (false)
