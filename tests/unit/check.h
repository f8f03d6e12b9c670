#pragma once
// CHECK for unit tests: prints what failed and where, and goes on; the test's main returns failures().
#include <cstdio>
#include <cstdlib>

// For limits of time: so many times longer it may take, as sanitizers and valgrind need.
inline int slowness() {
  const char* given = getenv("SLOWNESS");
  return given ? atoi(given) : 1;
}

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
