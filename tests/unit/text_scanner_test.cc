#include "lib/collect/text_scanner.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include "tests/unit/check.h"

using namespace alco;

namespace {

struct Row {
  const char* line;
  const char* time;  // "" if none is found
  const char* level = "";
  const char* host = "";
  const char* program = "";
  const char* pid = "";
};

Nanoseconds at(const char* text) { return parse_rfc3339(text).value_or(-1); }

// The zone is Europe/Berlin (+01:00 in November), the files were written on 2026-11-22 at 12:00 UTC.
constexpr Row kRows[] = {
    // ISO 8601 and its relatives
    {"2026-11-22T08:00:00Z started", "2026-11-22T08:00:00Z"},
    {"2026-11-22T08:00:00.123456789Z x", "2026-11-22T08:00:00.123456789Z"},
    {"2026-11-22T08:00:00,5+01:00 x", "2026-11-22T07:00:00.5Z"},
    {"2026-11-22T08:00:00-0800 x", "2026-11-22T16:00:00Z"},
    {"2026-11-22 08:00:00 +0530 x", "2026-11-22T02:30:00Z"},
    {"2026-11-22 08:00:00 - 12 left", "2026-11-22T07:00:00Z"},
    {"2026-07-01 08:00:00 summer", "2026-07-01T06:00:00Z"},
    {"2026-11-22 08:00 short", "2026-11-22T07:00:00Z"},
    {"2026-11-22", ""},
    {"2026-13-22 08:00:00 x", ""},
    {"2026-02-30 08:00:00 x", ""},
    {"2026-11-22 24:00:00 x", ""},
    {"2015-10-18 18:01:47,978 INFO [main] org.apache.App: Created", "2015-10-18T16:01:47.978Z", "INFO"},
    {"2015-07-29 17:41:44,747 - WARN  [QuorumPeer[myid=1]/0:0] - out", "2015-07-29T15:41:44.747Z", "WARN"},
    {"2026-11-22 08:00:00,123 [main] ERROR com.example.App - failed", "2026-11-22T07:00:00.123Z", "ERROR"},
    {"2026-11-22 08:00:00,123 - root - CRITICAL - python", "2026-11-22T07:00:00.123Z", "CRITICAL"},
    {"[2026-11-22T08:00:00,123][INFO ][o.e.n.Node] [n1] started", "2026-11-22T07:00:00.123Z", "INFO"},
    {"[2026-11-22 08:00:00 +0000] [12] [INFO] Booting worker", "2026-11-22T08:00:00Z", "INFO"},
    {"[2026/11/22 08:00:00.123456,  0] ../source3/smbd/server.c:1(main)", "2026-11-22T07:00:00.123456Z"},
    {"2026/11/22 08:00:00 [error] 12#12: *1 open() failed", "2026-11-22T07:00:00Z", "error"},
    {"2026/11/22 08:00:00.123456 main.go:12: hello", "2026-11-22T07:00:00.123456Z"},
    {"2026-11-22 08:00:00 status installed libc6:amd64 2.36", "2026-11-22T07:00:00Z"},
    {"2026-11-22 08:00:00.123 UTC [45] LOG:  checkpoint starting", "2026-11-22T08:00:00.123Z"},
    {"2026-11-22 08:00:00.123 CET [45] user@db ERROR:  syntax error", "2026-11-22T07:00:00.123Z", "ERROR"},
    {"2026-11-22T08:00:00.123456Z 0 [Warning] [MY-010068] [Server] CA", "2026-11-22T08:00:00.123456Z", "Warning"},
    {"2026-11-22T08:00:00.123456789Z stderr F panic: oh", "2026-11-22T08:00:00.123456789Z"},
    {"2026-11-22T09:00:00.123456+01:00 web1 sshd[12]: Accepted", "2026-11-22T08:00:00.123456Z", "", "web1", "sshd",
     "12"},
    {"2026-11-22T09:00:00+01:00 web1 kernel: [ 1.5] eth0 up", "2026-11-22T08:00:00Z", "", "web1", "kernel"},
    {"2026-11-22T08:00:00Z INFO main: started", "2026-11-22T08:00:00Z", "INFO"},
    {"Sun 2026-11-22 08:00:00 UTC web1 systemd[1]: Started x.", "2026-11-22T08:00:00Z", "", "web1", "systemd", "1"},
    {"E, [2026-11-22T08:00:00.123456 #12] ERROR -- : ruby", "2026-11-22T07:00:00.123456Z", "ERROR"},
    {"\xef\xbb\xbf"
     "2026-11-22 08:00:00 with a BOM",
     "2026-11-22T07:00:00Z"},
    {"2026-11-22 08:00:00 I123 audit", "2026-11-22T07:00:00Z"},
    // syslog
    {"Nov 22 08:00:00 web1 sshd[12]: error: PAM", "2026-11-22T07:00:00Z", "error", "web1", "sshd", "12"},
    {"Nov  2 08:00:00 web1 kernel: [12.5] up", "2026-11-02T07:00:00Z", "", "web1", "kernel"},
    {"Dec 31 23:59:59 web1 cron[1]: last year", "2025-12-31T22:59:59Z", "", "web1", "cron", "1"},
    {"Feb 29 08:00:00 web1 cron[1]: leap", "2024-02-29T07:00:00Z", "", "web1", "cron", "1"},
    {"Nov 22 08:00:00.123456 web1 app[3]: precise", "2026-11-22T07:00:00.123456Z", "", "web1", "app", "3"},
    {"Nov 22 2025 08:00:00 web1 app[3]: with year", "2025-11-22T07:00:00Z", "", "web1", "app", "3"},
    {"*Nov 22 08:00:00.123: %LINK-3-UPDOWN: Interface", "2026-11-22T07:00:00.123Z"},
    {"<34>Nov 22 08:00:00 web1 su[9]: failed", "2026-11-22T07:00:00Z", "crit", "web1", "su", "9"},
    {"<165>1 2026-11-22T08:00:00.003Z web1 app 12 ID47 - hello", "2026-11-22T08:00:00.003Z", "notice", "web1", "app",
     "12"},
    {"<14>1 2026-11-22T08:00:00Z - - - - - nil", "2026-11-22T08:00:00Z", "info"},
    {"Nov 22, 2026 8:00:00 PM org.example.Main run", "2026-11-22T19:00:00Z"},
    {"Nov 22 25:00:00 web1 x[1]: no such hour", ""},
    {"November rain at 08:00:00", ""},
    // Apache, nginx, ctime
    {"[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok", "2005-12-04T03:47:44Z", "notice"},
    {"[Sun Nov 22 08:00:00.123456 2026] [core:error] [pid 12:tid 3] AH0", "2026-11-22T07:00:00.123456Z", "error"},
    {"Sun Nov 22 08:00:00 2026 ORA-0001", "2026-11-22T07:00:00Z"},
    {"Sun Nov 22 08:00:00 UTC 2026 date", "2026-11-22T08:00:00Z"},
    {"Sun Nov 22 08:00:00.123 [conn1] mongod", "2026-11-22T07:00:00.123Z"},
    {"Sun, 22 Nov 2026 08:00:00 GMT mail", "2026-11-22T08:00:00Z"},
    {"Sun, 22 Nov 2026 08:00:00 +0100 mail", "2026-11-22T07:00:00Z"},
    {"10.0.0.1 - - [22/Nov/2026:08:00:00 +0100] \"GET / HTTP/1.1\" 200 5", "2026-11-22T07:00:00Z"},
    {"::1 - bob [22/Nov/2026:08:00:00 -0500] \"GET /[x]\" 404 0", "2026-11-22T13:00:00Z"},
    {"web:80 [a] 10.0.0.1 - - [22/Nov/2026:08:00:00 +0000] \"GET\"", "2026-11-22T08:00:00Z"},
    {"[22/Nov/2026 08:00:00] \"GET /admin\" 200", "2026-11-22T07:00:00Z"},
    // days before months
    {"22-Nov-2026 08:00:00.123 INFO [main] org.apache.catalina", "2026-11-22T07:00:00.123Z", "INFO"},
    {"[22-Nov-2026 08:00:00 UTC] PHP Warning:  x", "2026-11-22T08:00:00Z"},
    {"12:M 22 Nov 2026 08:00:00.123 # Warning: no config", "2026-11-22T07:00:00.123Z", "warning", "", "", "12"},
    // digits
    {"03-17 16:13:38.811  1702  2395 D WindowManager: x", "2026-03-17T15:13:38.811Z", "DEBUG", "", "WindowManager",
     "1702"},
    {"[10.30 16:49:06] chrome.exe - open", "2026-10-30T15:49:06Z"},
    {"[12.30 16:49:06] chrome.exe - open", "2025-12-30T15:49:06Z"},
    {"17/06/09 20:10:40 INFO executor.Backend: x", "2017-06-09T18:10:40Z", "INFO"},
    {"11/22/2026 08:00:00 PM service", "2026-11-22T19:00:00Z"},
    {"22.11.2026 08:00:00 europäisch", "2026-11-22T07:00:00Z"},
    {"081109 203615 148 INFO dfs.DataNode: x", "2008-11-09T19:36:15Z", "INFO"},
    {"261122  8:00:00 [Note] mysqld: ready", "2026-11-22T07:00:00Z", "Note"},
    {"20261122-08:00:00.123 x", "2026-11-22T07:00:00.123Z"},
    {"20261122T080000Z x", "2026-11-22T08:00:00Z"},
    {"W1122 08:00:00.123456   12 file.cc:34] careful", "2026-11-22T07:00:00.123456Z", "WARNING", "", "", "12"},
    {"I20251122 08:00:00.123456 12 file.cc:34] x", "2025-11-22T07:00:00.123456Z", "INFO", "", "", "12"},
    {"- 1117838570 2005.06.03 R02-M1 2005-06-03-15.42.50.675872 R02-M1 RAS KERNEL INFO x",
     "2005-06-03T22:42:50.675872Z", "INFO", "R02-M1"},
    {"Start-Date: 2026-11-22  08:00:00", "2026-11-22T07:00:00Z"},
    // counts
    {"1795334400.123    200 10.0.0.1 TCP_MISS/200 12 GET", "2026-11-22T08:00:00.123Z"},
    {"[1795334400] SERVICE ALERT: web1;HTTP;CRITICAL", "2026-11-22T08:00:00Z", "CRITICAL"},
    {"1795334400123 ms", "2026-11-22T08:00:00.123Z"},
    {"1795334400123456789 ns", "2026-11-22T08:00:00.123456789Z"},
    {"#1795334400", "2026-11-22T08:00:00Z"},
    {"1234567 is no time", ""},
    {"9999999999911 is behind 2100", ""},
    {"9999999999 too", ""},
    {"9999999999999999 too", ""},
    {"0795334400 is none", ""},
    {"type=USER_CMD msg=audit(1795334400.123:45): pid=1", "2026-11-22T08:00:00.123Z"},
    {"@400000006b02a10a075bcd15 tai", "2026-11-22T08:00:00.123456789Z"},
    {"@400000006b02a10affffffff tai", ""},
    // only the time of day: the day is that of the file
    {"08:00:00.123 [main] DEBUG c.e.App - x", "2026-11-22T07:00:00.123Z", "DEBUG"},
    {"23:00:00 yesterday", "2026-11-21T22:00:00Z"},
    // further right
    {"update-alternatives 2026-11-22 08:00:00: run with", "2026-11-22T07:00:00Z"},
    {"time=\"2026-11-22T08:00:00Z\" level=warning msg=\"x\"", "2026-11-22T08:00:00Z", "warning"},
    {"ERROR 2026-11-22 08:00:00,123 views 12 failed", "2026-11-22T07:00:00.123Z", "ERROR"},
    {"[DEBUG] [12] 2026-11-22 08:00:00 x", "2026-11-22T07:00:00Z", "DEBUG"},
    // nothing
    {"", ""},
    {"\tat com.example.Main.run(Main.java:12)", ""},
    {"  File \"x.py\", line 2026, in f", ""},
    {"Traceback (most recent call last):", ""},
    {"ValueError: 12:30 is late", ""},
    {"--------- beginning of main", ""},
};

void finds_the_time_of_each_format() {
  for (const Row& row : kRows) {
    TextScanner scanner;
    LineHead head;
    const bool found = scanner.scan(row.line, at("2026-11-22T12:00:00Z"), head);
    const bool expected = row.time[0] != '\0';
    const bool right = found == expected &&
                       (!expected || (head.time == at(row.time) && head.level == row.level && head.host == row.host &&
                                      head.program == row.program && head.pid == row.pid));
    if (!right)
      fprintf(stderr, "%s: %s level '%s' host '%s' program '%s' pid '%s'\n", row.line,
              found ? to_rfc3339(head.time).c_str() : "no time", std::string(head.level).c_str(),
              std::string(head.host).c_str(), std::string(head.program).c_str(), std::string(head.pid).c_str());
    CHECK(right);
  }
}

// What the kernel says counts from boot, which a test can't know; the file is older than this boot.
void takes_kernel_times_from_the_file_s_date() {
  TextScanner scanner;
  LineHead head;
  const Nanoseconds written = at("1999-01-01T00:00:00Z");
  CHECK(scanner.scan("[    1.000000] Linux version", written, head) && head.time == written);
  CHECK(scanner.scan("[    3.500000] eth0 up", written, head) && head.time == written + 5 * kSecond / 2);
}

void infers_years_around_new_year() {
  const auto time_of = [](const char* line, const char* written) {
    TextScanner scanner;
    LineHead head;
    return scanner.scan(line, at(written), head) ? to_rfc3339(head.time) : "none";
  };
  CHECK(time_of("Dec 31 23:59:59 h p[1]: x", "2027-01-01T00:00:10Z") == "2026-12-31T22:59:59.000000Z");
  CHECK(time_of("Jan  1 00:59:59 h p[1]: x", "2027-01-01T00:00:10Z") == "2026-12-31T23:59:59.000000Z");
  // A clock that is an hour ahead is no reason to go back a year, a day is.
  CHECK(time_of("Jan  1 08:00:00 h p[1]: x", "2026-12-31T20:00:00Z") == "2027-01-01T07:00:00.000000Z");
  CHECK(time_of("Jan  2 08:00:00 h p[1]: x", "2026-12-31T20:00:00Z") == "2026-01-02T07:00:00.000000Z");
  CHECK(time_of("Feb 29 08:00:00 h p[1]: x", "2024-02-28T20:00:00Z") == "2024-02-29T07:00:00.000000Z");
  CHECK(time_of("Feb 29 08:00:00 h p[1]: x", "2024-02-27T20:00:00Z") == "2020-02-29T07:00:00.000000Z");
}

void knows_when_clocks_change() {
  TextScanner scanner;
  LineHead head;
  const Nanoseconds written = at("2026-11-22T12:00:00Z");
  CHECK(scanner.scan("2026-03-29 01:59:59 x", written, head) && head.time == at("2026-03-29T00:59:59Z"));
  CHECK(scanner.scan("2026-03-29 03:00:00 x", written, head) && head.time == at("2026-03-29T01:00:00Z"));
  CHECK(scanner.scan("2026-10-25 03:00:00 x", written, head) && head.time == at("2026-10-25T02:00:00Z"));
}

void takes_no_date_inside_a_text_for_a_new_event() {
  TextScanner scanner;
  LineHead head;
  const Nanoseconds written = at("2026-11-22T12:00:00Z");
  for (int i = 0; i < 20; ++i) CHECK(scanner.scan("tool 2026-11-22 08:00:00: run", written, head));
  CHECK(!scanner.scan("and then on 2026-11-22 08:00:00 more", written, head));
  CHECK(scanner.scan("tool 2026-11-22 08:00:01: run", written, head));

  TextScanner sure;
  CHECK(sure.scan("2026-11-22 08:00:00 run", written, head));
  CHECK(!sure.scan("1795334400 numbers", written, head));
  CHECK(!sure.scan("valid until 2026-11-22 08:00:00", written, head));
}

}  // namespace

int main() {
  setenv("TZ", "Europe/Berlin", 1);
  tzset();
  finds_the_time_of_each_format();
  takes_kernel_times_from_the_file_s_date();
  infers_years_around_new_year();
  knows_when_clocks_change();
  takes_no_date_inside_a_text_for_a_new_event();
  return failures() != 0;
}
