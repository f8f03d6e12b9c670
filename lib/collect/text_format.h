#pragma once
// The formats of log lines that are known, each a scanner written by hand. text_scanner.h chooses among them.
#include <string>
#include <string_view>

#include "lib/collect/line_clock.h"
#include "lib/timestamp.h"

namespace alco {

// What the beginning of a line says. The views point into the line; empty: it does not say.
struct LineHead {
  Nanoseconds time = 0;
  std::string_view host, program, pid;
  std::string_view level;  // may point to a constant: INFO for an I
  size_t text = 0;         // where a level word is looked for
  bool continues = false;  // the line has a time, but belongs to the event before it (apt's End-Date)
};

// What the scanners of one file remember.
struct FormatState {
  LineClock clock;
  std::string syslog_host;       // of the last line that was syslog without doubt
  Nanoseconds boot = INT64_MIN;  // what [12.345678] of the kernel counts from
};

using Format = bool (*)(std::string_view line, FormatState& state, LineHead& head);

bool iso_format(std::string_view line, FormatState& state,
                LineHead& head);  // 2026-11-22T08:00:00.5Z, [2026/11/22 8:00:00]
bool syslog_format(std::string_view line, FormatState& state,
                   LineHead& head);  // <34>Nov 22 08:00:00 host program[12]:, <34>1 2026-…
bool ctime_format(std::string_view line, FormatState& state,
                  LineHead& head);  // [Sun Nov 22 08:00:00.5 2026], Sun, 22 Nov 2026 08:00:00 GMT
bool day_month_format(std::string_view line, FormatState& state,
                      LineHead& head);  // 22-Nov-2026 08:00:00, 1234:M 22 Nov 2026 08:00:00.5 *
bool access_format(std::string_view line, FormatState& state,
                   LineHead& head);  // 10.0.0.1 - - [22/Nov/2026:08:00:00 +0100]
bool android_format(std::string_view line, FormatState& state,
                    LineHead& head);  // 11-22 08:00:00.123  1702  2395 D Tag:
bool short_date_format(std::string_view line, FormatState& state,
                       LineHead& head);  // 26/11/22 08:00:00, 11/22/2026 8:00:00 AM, [11.22 08:00:00]
bool packed_format(std::string_view line, FormatState& state, LineHead& head);  // 261122 080000, 20261122-08:00:00.123
bool bgl_format(std::string_view line, FormatState& state,
                LineHead& head);  // - 1795334400 2026.11.22 node 2026-11-22-08.00.00.123456 node RAS
bool glog_format(std::string_view line, FormatState& state, LineHead& head);  // I1122 08:00:00.123456 12 file.cc:34]
bool apt_format(std::string_view line, FormatState& state, LineHead& head);   // Start-Date: 2026-11-22  08:00:00
bool audit_format(std::string_view line, FormatState& state,
                  LineHead& head);  // type=USER_CMD msg=audit(1795334400.123:45):
bool kernel_format(std::string_view line, FormatState& state, LineHead& head);  // [   12.345678] since boot
bool tai64n_format(std::string_view line, FormatState& state, LineHead& head);  // @400000006b02a4c10ab2c3d4
// These two are taken for what they seem only in a file that has no better one.
bool epoch_format(std::string_view line, FormatState& state,
                  LineHead& head);  // 1795334400.123, [1795334400], #1795334400
bool time_only_format(std::string_view line, FormatState& state, LineHead& head);  // 08:00:00.123
// A date with year and time, or a time of the kind of access_format, further right. `token` gets the number of words
// before it.
bool inner_format(std::string_view line, FormatState& state, LineHead& head, size_t& token);

}  // namespace alco
