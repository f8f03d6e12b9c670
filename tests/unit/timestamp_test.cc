#include "lib/timestamp.h"

#include "tests/unit/check.h"

using namespace alco;

namespace {

void reads_rfc3339_in_its_spellings() {
  const Nanoseconds base = 1'795'000'000 * kSecond;  // 2026-11-18T11:06:40Z
  CHECK(parse_rfc3339("2026-11-18T11:06:40Z") == base);
  CHECK(parse_rfc3339("2026-11-18 11:06:40") == base);
  CHECK(parse_rfc3339("2026-11-18t12:06:40+01:00") == base);
  CHECK(parse_rfc3339("2026-11-18T12:06:40+0100") == base);
  CHECK(parse_rfc3339("2026-11-18T11:06:40,5") == base + kSecond / 2);
  CHECK(parse_rfc3339("2026-11-18T11:06:40.123456789Z") == base + 123456789);
  CHECK(parse_rfc3339("2026-11-18") == (base / kDay) * kDay);
}

void refuses_what_is_no_time() {
  for (const char* text : {"", "2026", "2026-13-01", "2026-02-29", "2026-11-18T24:00:00Z", "2026-11-18T11:06:40.Z",
                           "2026-11-18T11:06:40Zx", "9999-01-01T00:00:00Z", "2026-11-18T11:06:40+24:00"})
    CHECK(!parse_rfc3339(text));
}

void writes_what_it_reads() {
  for (const char* text : {"1970-01-01T00:00:00.000000Z", "1969-12-31T23:59:59.999999Z", "2100-02-28T23:59:59.000001Z",
                           "2024-02-29T12:00:00.000000001Z"})
    CHECK(to_rfc3339(*parse_rfc3339(text)) == text);
}

void tells_the_unit_of_an_epoch_by_its_size() {
  const Nanoseconds base = 1'795'000'000 * kSecond;
  CHECK(epoch_to_time(int64_t{1'795'000'000}) == base);
  CHECK(epoch_to_time(int64_t{1'795'000'000'000}) == base);
  CHECK(epoch_to_time(int64_t{1'795'000'000'000'000}) == base);
  CHECK(epoch_to_time(base) == base);
  CHECK(epoch_to_time(1795000000.25) == base + kSecond / 4);
  CHECK(!epoch_to_time(1e300));
  for (const int64_t value :
       {99'999'999'999, 99'999'999'999'999, 99'999'999'999'999'999, INT64_MAX, INT64_MIN, -99'999'999'999})
    CHECK(!epoch_to_time(value));
}

void names_days() {
  CHECK(day_name(utc_day(*parse_rfc3339("2026-11-22T23:59:59Z"))) == "20261122");
  CHECK(parse_day_name("20261122") == utc_day(*parse_rfc3339("2026-11-22")));
  CHECK(!parse_day_name("20261131"));
  CHECK(!parse_day_name("2026112x"));
}

void takes_no_time_whose_day_does_not_fit() {
  for (const char* text : {"1677-09-24T00:00:01Z", "2262-04-08T23:59:59Z"}) {
    const Nanoseconds time = *parse_rfc3339(text);
    CHECK(to_rfc3339(time) == std::string(text).substr(0, 19) + ".000000Z");
    const int64_t day = utc_day(time);
    CHECK((day - 1) * kDay < time && (day + 2) * kDay > time && parse_day_name(day_name(day)) == day);
  }
  for (const char* text :
       {"1677-09-22T00:00:00Z", "1677-09-21T00:13:00Z", "2262-04-09T12:00:00Z", "2262-04-11T23:47:15Z"})
    CHECK(!parse_rfc3339(text));
}

}  // namespace

int main() {
  takes_no_time_whose_day_does_not_fit();
  reads_rfc3339_in_its_spellings();
  refuses_what_is_no_time();
  writes_what_it_reads();
  tells_the_unit_of_an_epoch_by_its_size();
  names_days();
  return failures() != 0;
}
