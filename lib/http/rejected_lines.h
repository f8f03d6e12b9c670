#pragma once
// The lines of an index that could not be stored: how many, when, and why. Reads only what came to the file since the
// last time.
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "lib/timestamp.h"

namespace alco::http {

struct Rejections {  // of one reason, each within a minute of the one before
  Nanoseconds since = 0, until = 0;
  uint64_t lines = 0;
  std::string reason;
};

// Thread-safe.
class RejectedLines {
 public:
  struct All {
    uint64_t lines = 0;
    std::vector<Rejections> groups;  // in the order of the file; the newest 1000
  };
  // Of the file lib/delivery/rejected_file.h writes; nothing if it is not there or cannot be read. At most 64 MiB are
  // read at a time: of a huge file all is known after some calls.
  All of(const std::string& path);

 private:
  struct Seen {
    uint64_t offset = 0;
    std::string head;  // of the line that is being read
    All all;
  };
  static void read(const std::string& path, Seen& seen);
  static void take_line(Seen& seen);

  std::mutex mutex_;
  std::map<std::string, Seen> seen_;  // by path
};

}  // namespace alco::http
