#pragma once
// Civil times as log lines give them to UTC: completes a missing year, date or zone.
#include <cstdint>
#include <string_view>

#include "lib/timestamp.h"

namespace alco {

// What a line says about a time. A year of 0 is missing, and so is a month of 0 (then only the time of day is known).
struct CivilTime {
  int year = 0, month = 0, day = 0;
  int hour = 0, minute = 0, second = 0;
  int64_t nanoseconds = 0;
  bool zoned = false;
  int offset = 0;  // seconds east of UTC, if zoned
};

class LineClock {
 public:
  LineClock();

  // No line is later than a day after `reference` (the file's mtime, or now): that tells the missing year.
  void set_reference(Nanoseconds reference);

  Nanoseconds reference() const { return reference_; }

  // False if there is no such time: month 13, 30 February, 24:00.
  [[nodiscard]] bool resolve(CivilTime civil, Nanoseconds& time);

  // Whether `name` is a zone that is known: UTC, GMT, Z, the local zone's names, and a few that are unambiguous enough.
  [[nodiscard]] bool zone_named(std::string_view name, CivilTime& civil);

 private:
  int64_t to_utc(int64_t local);  // both in seconds

  Nanoseconds reference_ = INT64_MIN;
  int64_t reference_local_ = 0;  // the reference as civil seconds in the local zone
  int64_t slot_ = INT64_MIN;     // the quarter of an hour of local time that offset_ belongs to
  int64_t offset_ = 0;
};

}  // namespace alco
