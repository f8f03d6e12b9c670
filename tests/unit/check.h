#pragma once
// CHECK for unit tests: prints what failed and where, and goes on; the test's main returns failures().
#include <cstdio>

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
