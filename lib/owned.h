#pragma once
// An owner for a handle of a C library, on the line that creates it.
#include <memory>

namespace alco {

template <auto Free>
struct CallFree {
  void operator()(auto* handle) const { Free(handle); }
};

template <class T, auto Free>
using CPtr = std::unique_ptr<T, CallFree<Free>>;

}  // namespace alco
