#pragma once
// Records given out and not yet acknowledged, oldest first.
#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "lib/collect/file_reader.h"

namespace alco {

// `File` is what an acknowledgement is told to.
template <class File>
class GivenRecords {
 public:
  struct Entry {
    std::shared_ptr<File> file;
    uint64_t begin, end, generation;
  };

  void add(std::shared_ptr<File> file, const FileReader::Given& given, uint64_t generation) {
    entries_.push_back({std::move(file), given.begin, given.end, generation});
  }
  // Calls done(entry) for the `count` oldest.
  template <class Done>
  void acknowledge(uint64_t count, Done done) {
    for (; count > 0 && !entries_.empty(); --count) {
      done(entries_.front());
      entries_.pop_front();
    }
  }
  const Entry* at(uint64_t nth) const { return nth < entries_.size() ? &entries_[nth] : nullptr; }

 private:
  std::deque<Entry> entries_;
};

}  // namespace alco
