#pragma once
// A row as searchd gives it, made an event again.
#include <string>
#include <string_view>

#include "lib/event.h"
#include "lib/event_parser.h"
#include "lib/store/store.h"

namespace alco::sphinx {

struct StoredRow {
  Position at;
  std::string_view message, js, raw;  // columns of row.h; js may be missing if members are not asked for
};

class RowParser {
 public:
  // Without `members` the event has at least its time and message. It views the row and this object, until the next
  // call. `damaged` becomes true if `raw` can't be read: then the event is what the other columns tell. A `js` that is
  // no JSON is a text member of that name. What the event views is UTF-8, whatever searchd gives.
  const Event& parse(const StoredRow& row, bool members, bool& damaged);

 private:
  EventParser parser_;
  Event plain_;
  std::string text_, buffer_, message_;
};

}  // namespace alco::sphinx
