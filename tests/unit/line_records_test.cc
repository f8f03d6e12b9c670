#include "lib/collect/line_records.h"

#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "tests/unit/check.h"

using namespace alco;

namespace {

using Lines = std::vector<std::string>;

const Nanoseconds kArrival = *parse_rfc3339("2026-11-22T12:00:00Z");
constexpr const char* kArrived = R"({"@timestamp":"2026-11-22T12:00:00.000000Z")";

Lines rejected;

Lines records_of(const Lines& lines, LineFormat format = LineFormat::automatic, size_t max_record = 4096) {
  rejected.clear();
  LineRecordsOptions options;
  options.format = format;
  options.max_record = max_record;
  LineRecords records(options, [](std::string_view text) { rejected.emplace_back(text); });
  Lines out;
  LineRecords::Out one;
  for (const std::string& line : lines) {
    records.add(line, kArrival, 0);
    while (records.next(one)) out.push_back(one.json);
  }
  records.finish();
  while (records.next(one)) out.push_back(one.json);
  return out;
}

std::string wrapped(const std::string& text, const char* tag) {
  return std::string(kArrived) + ",\"message\":\"" + text + "\",\"tags\":[\"" + tag + "\"]}";
}

void passes_json_unchanged() {
  const std::string json = R"({ "b":1.50, "a":[1,{"x":"\u00e9\/"}], "big":18446744073709551616, "b":2 })";
  CHECK(records_of({json}) == Lines{json});
  CHECK(records_of({" \t" + json + " \r"}, LineFormat::json) == Lines{json});
  CHECK(records_of({"\xef\xbb\xbf" + json}, LineFormat::json) == Lines{json});
  CHECK(records_of({"{\"a\":1,\n\t\"b\":2}"}, LineFormat::json) == Lines{R"({"a":1,  "b":2})"});
}

void wraps_what_is_no_object() {
  for (const char* text : {"[1]", "12", "null", "{", "{}x", "plain", "{'a':1}", "{a:1}"})
    CHECK(records_of({text}, LineFormat::json) == Lines{wrapped(text, "_jsonparsefailure")});
  CHECK(records_of({R"({"a":1,})"}, LineFormat::json) == Lines{wrapped(R"({\"a\":1,})", "_jsonparsefailure")});
  CHECK(records_of({"{\"a\":\"\xff\"}"}, LineFormat::json) ==
        Lines{wrapped("{\\\"a\\\":\\\"\xef\xbf\xbd\\\"}", "_jsonparsefailure")});
}

void wraps_what_is_too_deep() {
  const auto nested = [](int depth) {
    std::string json;
    for (int i = 0; i < depth; ++i) json += "{\"a\":";
    return json + "1" + std::string(static_cast<size_t>(depth), '}');
  };
  CHECK(records_of({nested(64)}, LineFormat::json) == Lines{nested(64)});
  CHECK(records_of({nested(65)}, LineFormat::json)[0].find("_jsonparsefailure") != std::string::npos);
  CHECK(records_of({nested(10000)}, LineFormat::json, 1 << 20)[0].find("_jsonparsefailure") != std::string::npos);
}

void renames_a_member_that_is_ours() {
  CHECK(records_of({R"({"@alco":{"p":"1:1"},"a":{"@alco":2}})"}) ==
        Lines{R"({"@alco_x":{"p":"1:1"},"a":{"@alco":2}})"});
  CHECK(records_of({R"({"a":"@alco","\u0040al\u0063o":1,"@alco":2})"}) ==
        Lines{R"({"a":"@alco","@alco_x":1,"@alco_x":2})"});
  CHECK(records_of({R"({"a":["@alco",{"@alco":1}],"x@alco":1,"@alco\\":1})"}) ==
        Lines{R"({"a":["@alco",{"@alco":1}],"x@alco":1,"@alco\\":1})"});
}

void tells_json_from_text() {
  const Lines out =
      records_of({"2026-11-22 08:00:00 INFO start", R"({"a":1})", "{broken", "", "2026-11-22 08:00:02 {x}"});
  CHECK(out.size() == 4);
  CHECK(out[1] == R"({"a":1})");
  CHECK(out[2] == wrapped("{broken", "_jsonparsefailure"));
  CHECK(out[3].find("08:00:02 {x}") != std::string::npos && out[3].find("_jsonparse") == std::string::npos);
  // Braces that go on with a text are no JSON that failed.
  CHECK(records_of({"2026-11-22 08:00:00 config", "{", "  x: 1", "}"}).size() == 1);
}

void replaces_what_is_over_the_limit_by_its_head() {
  const std::string text(5000, 'x');
  const Lines out = records_of({text}, LineFormat::text, 4096);
  CHECK(out ==
        Lines{std::string(kArrived) + ",\"message\":\"" + text + "\",\"length\":5000,\"tags\":[\"_truncated\"]}"});
  CHECK(rejected == Lines{text});
  // What counts is the record: a control character takes six bytes in JSON.
  CHECK(records_of({std::string(1000, '\x01')}, LineFormat::text, 4096)[0].find("_truncated") != std::string::npos);
}

void cuts_no_character_in_half() {
  std::string out;
  JsonRecords::make_truncated(out, std::string(65535, 'x') + "\xc3\xa9", 65537, kArrival);
  CHECK(out.find("x\",\"length\":65537") != std::string::npos);
  CHECK(out.find("\xef\xbf\xbd") == std::string::npos);
}

void completes_entries_of_a_journal() {
  CHECK(records_of(
            {R"({"__REALTIME_TIMESTAMP":"1795334400000000","MESSAGE":[104,105,255],"PRIORITY":"3","_HOSTNAME":"h",)"
             R"("SYSLOG_IDENTIFIER":"p","_PID":"7","level":"mine"})"},
            LineFormat::journald) ==
        Lines{R"({"__REALTIME_TIMESTAMP":"1795334400000000","MESSAGE":"hi)"
              "\xef\xbf\xbd"
              R"(","PRIORITY":"3","_HOSTNAME":"h","SYSLOG_IDENTIFIER":"p","_PID":"7","level":"mine","host":"h",)"
              R"("program":"p","pid":"7"})"});
  CHECK(records_of({R"({"a":[1,2]})"}, LineFormat::journald) == Lines{R"({"a":[1,2]})"});
}

}  // namespace

int main() {
  setenv("TZ", "UTC", 1);
  tzset();
  passes_json_unchanged();
  wraps_what_is_no_object();
  wraps_what_is_too_deep();
  renames_a_member_that_is_ours();
  tells_json_from_text();
  replaces_what_is_over_the_limit_by_its_head();
  cuts_no_character_in_half();
  completes_entries_of_a_journal();
  return failures() != 0;
}
