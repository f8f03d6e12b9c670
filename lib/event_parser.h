#pragma once
// One line of NDJSON to an Event: aliases, times, limits. The only parser of input JSON in ALCO (simdjson).
#include <memory>
#include <string_view>

#include "lib/event.h"

namespace alco {

class EventParser {
 public:
  EventParser();
  ~EventParser();

  // Never fails: text that is not a JSON object (or is nested deeper than 64,
  // or not UTF-8) becomes the message of an event tagged _jsonparsefailure, with U+FFFD for
  // what is not UTF-8; an event without a usable time gets `arrival` and the tag
  // _timeparsefailure if it had an unusable one, kept in @timestamp_raw.
  // `line` need not be padded; it must stay valid as long as the event is used.
  const Event& parse(std::string_view line, Nanoseconds arrival);

  bool was_json() const;  // the last line was a JSON object

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alco
