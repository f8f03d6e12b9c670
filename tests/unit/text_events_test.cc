#include "lib/collect/text_events.h"

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "lib/error.h"
#include "tests/unit/check.h"

using namespace alco;

namespace {

using Lines = std::vector<std::string>;

const Nanoseconds kArrival = *parse_rfc3339("2026-11-22T12:00:00Z");

struct Seen {
  std::string message;
  std::string time;
  std::string tags;
  uint64_t end;
};

std::vector<Seen> events_of(const Lines& lines, const char* multiline = "auto", size_t max_event = size_t{1} << 20) {
  TextEvents text(
      {.source = {}, .host = {}, .written = 0, .multiline = parse_multiline(multiline), .max_event = max_event});
  std::vector<Seen> seen;
  const auto take = [&] {
    while (const Event* event = text.next()) {
      std::string tags;
      for (const Member& member : event->members)
        if (member.key == "tags") tags = member.text;
      seen.push_back({std::string(*event->message), to_rfc3339(event->time), tags, text.end()});
    }
  };
  uint64_t end = 0;
  for (const std::string& line : lines) {
    text.add(line, kArrival, end += line.size() + 1);
    take();
  }
  text.finish();
  take();
  return seen;
}

Lines messages(const std::vector<Seen>& seen) {
  Lines all;
  for (const Seen& one : seen) all.push_back(one.message);
  return all;
}

void joins_a_java_trace() {
  const auto seen = events_of({"2026-11-22 08:00:00,1 ERROR failed", "java.lang.IllegalStateException: no",
                               "\tat com.example.A.b(A.java:1)", "Caused by: java.io.IOException: x", "\t... 3 more",
                               "", "2026-11-22 08:00:01,0 INFO on"});
  CHECK(seen.size() == 2);
  CHECK(seen[0].message ==
        "2026-11-22 08:00:00,1 ERROR failed\njava.lang.IllegalStateException: no\n\tat com.example.A.b(A.java:1)\n"
        "Caused by: java.io.IOException: x\n\t... 3 more\n");
  CHECK(seen[0].time == "2026-11-22T08:00:00.100000Z");
  CHECK(seen[1].message == "2026-11-22 08:00:01,0 INFO on");
}

void joins_a_python_trace_also_without_times() {
  const auto seen = events_of({"INFO:root:start", "ERROR:root:oops", "Traceback (most recent call last):",
                               "  File \"x.py\", line 1, in f", "    g()", "ValueError: no", "INFO:root:on"});
  CHECK(messages(seen) == (Lines{"INFO:root:start",
                                 "ERROR:root:oops\nTraceback (most recent call last):\n  File \"x.py\", line 1, in f\n"
                                 "    g()\nValueError: no",
                                 "INFO:root:on"}));
  CHECK(seen[0].tags == R"(["_timeparsefailure"])" && seen[0].time == "2026-11-22T12:00:00.000000Z");
}

void gives_lines_before_the_first_time_that_time() {
  const auto seen = events_of({"banner", "", "2026-11-22 08:00:00 up"});
  CHECK(messages(seen) == (Lines{"banner", "", "2026-11-22 08:00:00 up"}));
  for (const Seen& one : seen) CHECK(one.time == "2026-11-22T08:00:00.000000Z" && one.tags.empty());
}

void keeps_each_line_for_itself_when_told() {
  const auto seen = events_of({"2026-11-22 08:00:00 a", "\tat b", "2026-11-22 08:00:01 c"}, "off");
  CHECK(messages(seen) == (Lines{"2026-11-22 08:00:00 a", "\tat b", "2026-11-22 08:00:01 c"}));
  CHECK(seen[1].time == "2026-11-22T08:00:00.000000Z" && seen[1].tags.empty());
}

void begins_events_where_the_pattern_matches() {
  const auto seen = events_of({"BEGIN 1", "2026-11-22 08:00:00 a", "x", "BEGIN 2", "y"}, "^BEGIN");
  CHECK(messages(seen) == (Lines{"BEGIN 1\n2026-11-22 08:00:00 a\nx", "BEGIN 2\ny"}));
  CHECK(seen[0].time == "2026-11-22T08:00:00.000000Z" && seen[0].tags.empty());
}

void refuses_a_bad_pattern() {
  try {
    parse_multiline("a(b");
    CHECK(false);
  } catch (const Error& error) {
    CHECK(error.code() == EX_USAGE);
    CHECK(std::string(error.what()) == "--multiline: 'a(b': missing ): a(b");
  }
}

void keeps_apt_s_paragraphs_together() {
  const auto seen = events_of({"", "Start-Date: 2026-11-22  08:00:00", "Commandline: apt-get install x",
                               "End-Date: 2026-11-22  08:00:05", "", "Start-Date: 2026-11-22  09:00:00"});
  CHECK(seen.size() == 3);
  CHECK(seen[1].message ==
        "Start-Date: 2026-11-22  08:00:00\nCommandline: apt-get install x\nEnd-Date: 2026-11-22  08:00:05\n");
  CHECK(seen[1].time == "2026-11-22T08:00:00.000000Z");
}

// A program that dates only its start does not write one event a day.
void stops_joining_where_times_are_rare() {
  Lines lines = {"2026-11-22 08:00:00 start"};
  for (int i = 0; i < 200; ++i) lines.push_back("line " + std::to_string(i));
  const auto seen = events_of(lines);
  CHECK(seen.size() > 100);
  CHECK(seen.back().message == "line 199" && seen.back().time == "2026-11-22T08:00:00.000000Z");
}

void bounds_an_event() {
  Lines lines = {"2026-11-22 08:00:00 start"};
  for (int i = 0; i < 100; ++i) lines.push_back("\t" + std::string(99, 'x'));
  const auto seen = events_of(lines, "auto", 1000);
  CHECK(seen.size() == 12);
  size_t bytes = 0;
  for (const Seen& one : seen) {
    CHECK(one.message.size() <= 1000);
    bytes += one.message.size() + 1;
  }
  CHECK(bytes == seen.back().end);
}

void tells_where_each_event_ends() {
  const auto seen = events_of({"2026-11-22 08:00:00 a", "b", "2026-11-22 08:00:01 c"});
  CHECK(seen.size() == 2 && seen[0].end == 24 && seen[1].end == 46);
}

void keeps_bytes_but_repairs_what_is_no_utf8() {
  const auto seen =
      events_of({std::string("2026-11-22 08:00:00 \xff \0 \x1b[0m\r", 29), "2026-11-22 08:00:01 \xc3\xa9"});
  CHECK(seen[0].message == std::string("2026-11-22 08:00:00 \xef\xbf\xbd \0 \x1b[0m\r", 31));
  CHECK(seen[1].message == "2026-11-22 08:00:01 \xc3\xa9");
}

void holds_the_last_event_until_it_is_complete() {
  TextEvents text({});
  text.add("2026-11-22 08:00:00 a", kArrival, 22);
  CHECK(!text.next() && text.waiting());
  text.finish();
  CHECK(text.next() && !text.next() && !text.waiting());
  text.add("plain", kArrival, 28);
  text.finish();
  const Event* event = text.next();
  CHECK(event && *event->message == "plain" && to_rfc3339(event->time) == "2026-11-22T08:00:00.000000Z");
}

void names_source_host_program_pid_and_level() {
  TextEvents text({.source = "/var/log/x", .host = "here"});
  text.add("Nov 22 08:00:00 web1 sshd[12]: error: no", kArrival);
  text.add("Nov 22 08:00:00 something else", kArrival);
  text.finish();
  std::string out;
  while (const Event* event = text.next()) append_json(out, *event), out += '\n';
  CHECK(out == R"({"@timestamp":"2026-11-22T08:00:00.000000Z","message":"Nov 22 08:00:00 web1 sshd[12]: error: no",)"
               R"("source":"/var/log/x","host":"web1","program":"sshd","pid":12,"level":"error"})"
               "\n"
               R"({"@timestamp":"2026-11-22T08:00:00.000000Z","message":"Nov 22 08:00:00 something else",)"
               R"("source":"/var/log/x","host":"here"})"
               "\n");
}

}  // namespace

int main() {
  setenv("TZ", "UTC", 1);
  tzset();
  joins_a_java_trace();
  joins_a_python_trace_also_without_times();
  gives_lines_before_the_first_time_that_time();
  keeps_each_line_for_itself_when_told();
  begins_events_where_the_pattern_matches();
  refuses_a_bad_pattern();
  keeps_apt_s_paragraphs_together();
  stops_joining_where_times_are_rare();
  bounds_an_event();
  tells_where_each_event_ends();
  keeps_bytes_but_repairs_what_is_no_utf8();
  holds_the_last_event_until_it_is_complete();
  names_source_host_program_pid_and_level();
  return failures() != 0;
}
