#pragma once
// The event's own time inside its text costs nothing: the text's digits are a function of @timestamp and the slot.
// Dates are left to other slots: in a segment, which is of one day, they hardly change.
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/store/template.h"
#include "lib/timestamp.h"

namespace alco::store {

// What stands in place of a time in a template: slots, and the separators between them.
struct TimeMatch {
  size_t end = 0;  // in the text; 0: there is no time, or another one
  char key[24];
  size_t size = 0;
};

// Whether the run of digits [begin, end) of `text` begins a writing of `time`: HH:MM:SS, HH.MM.SS or HHMMSS in some
// zone, maybe with a fraction; or seconds, ms, us or ns since 1970. Depends on nothing else.
TimeMatch match_time(std::string_view text, size_t begin, size_t end, Nanoseconds time);

void append_time_slot(std::string& out, SlotType slot, Nanoseconds time);

bool valid_time_slot(SlotType slot);

}  // namespace alco::store
