#pragma once
// Time zones by name, from the system's zone files (TZif, RFC 8536). Reads no global state after construction, unlike
// localtime_r(), so that a server can answer each reader in the reader's zone.
#include <string>
#include <string_view>
#include <vector>

#include "lib/timestamp.h"

namespace alco {

class TimeZone {
 public:
  TimeZone() = default;  // UTC

  // "Europe/Berlin", "UTC", "Z", "+05:30", or a POSIX rule as $TZ has it: "CET-1CEST,M3.5.0,M10.5.0/3". Zone files are
  // looked for in $TZDIR and /usr/share/zoneinfo. Throws Error(EX_USAGE) that quotes the name.
  static TimeZone named(std::string_view name);
  static TimeZone local();  // $TZ, else /etc/localtime, else UTC; never throws

  int offset_at(Nanoseconds time) const;  // seconds east of UTC
  // The instant at which a wall clock shows `wall` (its reading taken as if it were UTC). Of a reading that comes
  // twice the first, of one that is left out the same time after the change.
  Nanoseconds from_wall(Nanoseconds wall) const;
  bool is_utc() const { return changes_.empty() && !rule_.daylight && rule_.standard_offset == 0; }

 private:
  struct Change {
    int64_t from;  // seconds since 1970
    int offset;
  };
  struct Date {  // POSIX: Mm.w.d, Jn or n, at a time of the wall clock before the change
    char kind = 'M';
    int month = 0, week = 0, day = 0;
    int seconds = 7200;
  };
  struct Rule {
    int standard_offset = 0;
    bool daylight = false;
    int daylight_offset = 0;
    Date start, end;
  };

  static bool parse_rule(std::string_view text, Rule& rule);
  static bool parse_date(std::string_view& text, Date& date);
  static int64_t change_day(const Date& date, int64_t year);
  bool load(const std::string& path);
  bool parse_file(std::string_view data);
  int rule_offset(int64_t second) const;

  int first_offset_ = 0;         // before the first change
  std::vector<Change> changes_;  // rising; behind the last one the rule holds
  Rule rule_;
};

// With the zone's offset: 2026-11-20T07:00:00.074854+01:00; as append_rfc3339() if the zone is UTC.
void append_rfc3339(std::string& out, Nanoseconds time, const TimeZone& zone);
// For people, milliseconds, no offset: 2026-11-20 07:00:00.074
void append_wall(std::string& out, Nanoseconds time, const TimeZone& zone);

}  // namespace alco
