#pragma once
// Plain files and pipes as an index: the same queries, no store.
//
// NDJSON is read in the total order, by time; text keeps the order of its lines (an event whose time goes back counts
// as of the time before it); several files are merged by time. With Order::arrival all comes as it stands in the files
// and pipes, and what is appended to them later too
// (progress 1: all of them were pipes and have ended). An id is the number of the event
// in the files, from 1.
#include <memory>
#include <string>
#include <vector>

#include "lib/collect/text_events.h"
#include "lib/store/store.h"

namespace alco::query {

struct RawOptions {
  std::vector<std::string> paths;  // "-" is stdin
  Multiline multiline;
  // There will be one scan, from the oldest event to the newest, and nothing else: a single text is then read as a
  // stream, and a pipe is not kept.
  bool one_pass = false;
};

// Throws Error for a file that can't be opened. A pipe is read when the first call needs it.
std::unique_ptr<Reader> open_raw(const RawOptions& options);

}  // namespace alco::query
