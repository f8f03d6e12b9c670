#pragma once
// Dates with times, as pieces that several formats share. All leave the cursor behind what they took.
#include "lib/collect/text_cursor.h"
#include "lib/collect/text_format.h"

namespace alco {

// 2026-11-22T08:00:00.123+01:00 with - / . in the date, T _ - : or spaces between, an optional zone.
bool scan_iso(Cursor& cursor, LineClock& clock, CivilTime& time);
// 22/Nov/2026:08:00:00 +0100, 22-Nov-2026 08:00:00 UTC, 22 Nov 2026 08:00:00
bool scan_day_month_year(Cursor& cursor, LineClock& clock, CivilTime& time);

// " host program[pid]: " behind a time; takes nothing if it is not there.
void scan_syslog_names(Cursor& cursor, FormatState& state, LineHead& head);

// Sets head.time and where the text begins; false if there is no such time.
bool finish_head(std::string_view line, const Cursor& cursor, FormatState& state, const CivilTime& time,
                 LineHead& head);

// DEBUG for a D, as logcat and glog shorten it; empty for other letters.
std::string_view level_of_letter(char letter);
// "err" for 3, as in syslog(3).
std::string_view level_of_severity(int severity);

}  // namespace alco
