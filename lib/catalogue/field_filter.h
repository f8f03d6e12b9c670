#pragma once
// Passes NDJSON from one descriptor to another, byte for byte, and notes its fields and values in the catalogue on the
// way: new ones before their records are passed on.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "lib/catalogue/catalogue_feed.h"
#include "lib/catalogue/value_tracker.h"
#include "lib/event_parser.h"

namespace alco {

enum class CatalogueTrouble {
  pass_on,  // records do not wait for the catalogue
  fail,     // nothing is passed on before its values are written
};

class FieldFilter {
 public:
  // Borrows everything. Lines longer than max_line are passed on unread.
  FieldFilter(int in, int out, ValueTracker& tracker, CatalogueFeed& feed, CatalogueTrouble trouble, size_t max_line);

  // Until the end of input or a stop. Throws Error: EX_IOERR, kExitReaderGone, or with CatalogueTrouble::fail what
  // the catalogue says. At the end what waits is tried once more; if that fails it is a warning.
  void run();

 private:
  enum class Input { data, end, stopped };
  Input fill();
  void note_lines(size_t end);
  void pass(size_t end);

  int in_, out_;
  ValueTracker& tracker_;
  CatalogueFeed& feed_;
  CatalogueTrouble trouble_;
  size_t max_line_;
  EventParser parser_;
  std::vector<char> buffer_;
  size_t used_ = 0;
  bool inside_long_line_ = false;  // its beginning has been passed on
  uint64_t left_out_ = 0;
};

}  // namespace alco
