#pragma once
// How many lines of an index could not be stored. Counts only what came to the file since the last time.
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace alco::http {

// Thread-safe.
class RejectedCount {
 public:
  // Lines of the file; 0 if it is not there or cannot be read. At most 64 MiB are read at a time: the count of a huge
  // file is whole after some calls.
  uint64_t of(const std::string& path);

 private:
  struct Seen {
    uint64_t offset = 0, lines = 0;
  };
  std::mutex mutex_;
  std::map<std::string, Seen> seen_;  // by path
};

}  // namespace alco::http
