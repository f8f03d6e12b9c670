#include "lib/time_range.h"

#include "lib/error.h"
#include "tests/unit/check.h"

using namespace alco;

namespace {

const TimeZone berlin = TimeZone::named("Europe/Berlin");
const Nanoseconds noon = *parse_rfc3339("2026-11-20T12:00:00Z");  // 13:00 in Berlin

std::string read(const char* text, const TimeZone& zone = berlin) {
  const auto time = read_time_point(text, zone, noon);
  return time ? to_rfc3339(*time).substr(0, 19) : "none";
}

std::string wall(const TimeZone& zone, const char* utc) {
  std::string out;
  append_rfc3339(out, *parse_rfc3339(utc), zone);
  return out;
}

std::string refusal(auto call) {
  try {
    call();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

void reads_absolute_times() {
  CHECK(read("2026-11-20T14:05:00Z") == "2026-11-20T14:05:00");
  CHECK(read("2026-11-20T14:05:00+02:00") == "2026-11-20T12:05:00");
  CHECK(read("2026-11-20T14:05:00") == "2026-11-20T13:05:00");
  CHECK(read("2026-11-20 14:05") == "2026-11-20T13:05:00");
  CHECK(read("2026-07-20") == "2026-07-19T22:00:00");
  CHECK(read("@1795000000") == "2026-11-18T11:06:40");
  CHECK(read("@1795000000000") == "2026-11-18T11:06:40");
}

void reads_times_of_the_day_as_the_last_ones() {
  CHECK(read("13:00") == "2026-11-20T12:00:00");
  CHECK(read("00:10") == "2026-11-19T23:10:00");
  CHECK(read("13:01") == "2026-11-19T12:01:00");
  CHECK(read("12:59:30.5") == "2026-11-20T11:59:30");
  CHECK(read("today") == "2026-11-19T23:00:00");
  CHECK(read("yesterday") == "2026-11-18T23:00:00");
}

void reads_times_ago() {
  CHECK(read("now") == "2026-11-20T12:00:00");
  CHECK(read("15m") == "2026-11-20T11:45:00");
  CHECK(read("2h30m") == "2026-11-20T09:30:00");
  CHECK(read("3d ago") == "2026-11-17T12:00:00");
  CHECK(read("1w") == "2026-11-13T12:00:00");
  CHECK(read("1.5h") == "2026-11-20T10:30:00");
}

void refuses_what_is_no_time() {
  for (const char* text :
       {"", "15", "noon", "25:00", "14:5", "2026-13-01", "-5m", "5 parsecs", "@", "@x", "1e3s", "14:05Z"})
    CHECK(read(text) == "none");
  CHECK(refusal([] { parse_time_point("tea time", berlin, noon); }) ==
        "can't read the time 'tea time': give one of: 2026-11-20T14:05:00Z, 2026-11-20 14:05, 2026-11-20, 14:05, "
        "14:05:30, 15m, 2h, 3d (ago), today, yesterday, now, @1795000000");
}

void an_end_of_the_day_follows_the_beginning() {
  const TimeRange range = parse_time_range("23:50", "00:10", berlin, noon);
  CHECK(to_rfc3339(range.since) == "2026-11-19T22:50:00.000000Z");
  CHECK(to_rfc3339(range.until) == "2026-11-19T23:10:00.000000Z");
  const TimeRange day = parse_time_range("2026-11-01 08:00", "09:00", berlin, noon);
  CHECK(day.until - day.since == 3600 * kSecond);
  CHECK(!refusal([] { parse_time_range("1h", "2h", berlin, noon); }).empty());
}

void reads_durations() {
  CHECK(read_duration("500ms") == kSecond / 2);
  CHECK(read_duration("2") == 2 * kSecond);
  CHECK(read_duration("1h2m3s") == 3723 * kSecond);
  CHECK(!read_duration("2x"));
  CHECK(!read_duration("99999999999999d"));
  CHECK(to_short_duration(192 * kSecond) == "3m12s");
  CHECK(to_short_duration(5 * 3600 * kSecond + 120 * kSecond) == "5h02m");
}

void knows_summer_time() {
  CHECK(wall(berlin, "2026-03-29T00:59:59Z") == "2026-03-29T01:59:59.000000+01:00");
  CHECK(wall(berlin, "2026-03-29T01:00:00Z") == "2026-03-29T03:00:00.000000+02:00");
  CHECK(wall(berlin, "2026-10-25T01:00:00Z") == "2026-10-25T02:00:00.000000+01:00");
  CHECK(wall(berlin, "2099-07-01T00:00:00Z") == "2099-07-01T02:00:00.000000+02:00");  // beyond the file's table
  CHECK(wall(TimeZone::named("Australia/Sydney"), "2099-01-01T00:00:00Z") == "2099-01-01T11:00:00.000000+11:00");
  CHECK(wall(TimeZone::named("Asia/Kolkata"), "2026-01-01T00:00:00Z") == "2026-01-01T05:30:00.000000+05:30");
  CHECK(wall(TimeZone::named("America/St_Johns"), "2026-01-01T00:00:00Z") == "2025-12-31T20:30:00.000000-03:30");
  CHECK(wall(TimeZone::named("UTC"), "2026-01-01T00:00:00Z") == "2026-01-01T00:00:00.000000Z");
  CHECK(wall(TimeZone::named("EST5EDT,M3.2.0,M11.1.0"), "2026-07-01T00:00:00Z") == "2026-06-30T20:00:00.000000-04:00");
  CHECK(wall(TimeZone::named("-03"), "2026-07-01T00:00:00Z") == "2026-06-30T21:00:00.000000-03:00");
}

void a_wall_clock_gives_the_instant() {
  const auto instant = [](const char* text) {
    return to_rfc3339(berlin.from_wall(*parse_rfc3339(text))).substr(0, 19);
  };
  CHECK(instant("2026-03-29T01:59:00") == "2026-03-29T00:59:00");
  CHECK(instant("2026-03-29T02:30:00") == "2026-03-29T01:30:00");  // left out
  CHECK(instant("2026-10-25T02:30:00") == "2026-10-25T00:30:00");  // comes twice
  CHECK(instant("2026-10-25T03:00:00") == "2026-10-25T02:00:00");
}

void finds_every_instant_of_odd_rules() {
  // A day at the edge of what POSIX allows; daylight saving for a day; changes at odd times of other days.
  for (const char* name :
       {"AAA24BBB", "AAA-24BBB", "AAA5BBB,J100,J101", "AAA-10BBB-12,100/-100,102/167", "AAA0BBB,0/0,J365/25"}) {
    const TimeZone zone = TimeZone::named(name);
    for (Nanoseconds time = *parse_rfc3339("2026-01-01"); time < *parse_rfc3339("2027-02-01"); time += 1800 * kSecond) {
      const Nanoseconds shown = time + zone.offset_at(time) * kSecond;
      const Nanoseconds back = zone.from_wall(shown);
      CHECK(back + zone.offset_at(back) * kSecond == shown);
    }
  }
}

void refuses_unknown_zones() {
  for (const char* name :
       {"Mars/Olympus", "../../etc/passwd", "/etc/localtime", "", "Europe", "CED62CES", "EST5EDT-25"})
    CHECK(refusal([&] { TimeZone::named(name); }).starts_with("unknown time zone '"));
}

}  // namespace

int main() {
  reads_absolute_times();
  reads_times_of_the_day_as_the_last_ones();
  reads_times_ago();
  refuses_what_is_no_time();
  an_end_of_the_day_follows_the_beginning();
  reads_durations();
  knows_summer_time();
  a_wall_clock_gives_the_instant();
  finds_every_instant_of_odd_rules();
  refuses_unknown_zones();
  return failures() != 0;
}
