// lib/sphinx/row.h: what a row holds, and what searchd is not trusted with.
#include "lib/sphinx/row.h"

#include <algorithm>

#include "lib/event_parser.h"
#include "lib/sphinx/stored_row.h"
#include "tests/unit/check.h"

namespace {

using namespace alco;

std::string row_of(const std::string& line, std::vector<std::string> indexed = {}) {
  EventParser parser;
  std::string row;
  CHECK(sphinx::append_row(row, parser.parse(line, 0), MessageId{5, ~uint64_t{0}}, 77, indexed));
  size_t flags = 0;
  for (int comma = 0; comma < 5; ++comma) flags = row.find(',', flags + 1);
  const size_t end = row.find(',', ++flags);
  const std::string without_shape(1, static_cast<char>('0' + (row[end - 1] - '0') % 2));
  return row.replace(flags, end - flags, without_shape);
}

std::string event(const std::string& members) {
  return row_of("{\"@timestamp\":\"2026-11-22T00:00:00.000001002Z\",\"message\":\"m\"" + members + "}");
}

const std::string kHead = ",77,1795305600000001,2,5,-1,";

void holds_the_values_in_the_order_of_the_columns() {
  CHECK(sphinx::row_columns({}) == "id,arrival,ts,ns,id_high,id_low,flags,logline,marks,js,raw");
  CHECK(sphinx::row_columns(std::vector<std::string>{"host"}).ends_with(",raw,f_host"));
  CHECK(event(R"(,"n":5)") == kHead + R"(0,'m','','{"n":5}',''))");
  const std::string line =
      R"({"@timestamp":"2026-11-22T00:00:00.000001002Z","message":"","host":"a'b","x":{"y":["p",1]}})";
  CHECK(row_of(line, {"host", "x.y"}) == kHead + R"(0,'','','{"host":"a\'b","x":{"y":["p",1]}}','','a\'b','["p",1]'))");
}

void rounds_times_before_1970_down() {
  CHECK(row_of(R"({"@timestamp":"1969-12-31T23:59:59.999999999Z","message":"m"})").starts_with(",77,-1,999,"));
}

bool exact(const std::string& members) { return event("," + members).ends_with(",'')"); }

void keeps_the_text_of_what_searchd_would_change() {
  for (const char* good : {R"("a":0.5)", R"("a":-0.0)", R"("a":123456.789)", R"("a":1e10)",
                           R"("a":9223372036854775807)", R"("a":"\n/\"é😀")", R"("a":[])",
                           R"("a":[1,-5,null,true,"x y",["\n"],{"k":7}])", R"("a":null)", R"("a":{})", R"("":1)"})
    CHECK(exact(good));
  for (const char* bad : {R"("a":0.1234567)", R"("a":1e300)", R"("a":1e-7)", R"("a":1e15)", R"("a":999999999999999.9)",
                          R"("a":18446744073709551615)", R"("a":123456789012345678901234567890)", R"("a":"\u0001")",
                          R"("a":"\u0000")", R"("\u0002":1)", R"("a":[1.5])", R"("a":[1e5])",
                          R"("a":[12345678901234567890])", R"("a":["\u00e9"])", R"("a":["\/"])", R"("a":[-0])"})
    CHECK(!exact(bad));
  const std::string row = event(R"(,"a":1e300,"b":[1e300],"c":"\u0001")");
  CHECK(row.find(R"(1,'m','','{"a":null,"b":null,"c":"\\u0001"}','{"@timestamp":)") != row.npos);
  CHECK(row.ends_with(R"("message":"m","a":1e+300,"b":[1e300],"c":"\\u0001"}'))"));
  CHECK(row_of(R"({"n":1})").find(R"(,1,'','odd','{"n":1}','{)") != row.npos);
  CHECK(row_of(R"({"message":"a\u0000b"})").find(R"(,1,'a b','odd','{}','{)") != row.npos);
}

void packs_what_is_long() {
  const std::string row = row_of("{\"message\":\"" + std::string(10'000'000, 'x') + "\"}");
  CHECK(row.size() < 4'100'000);
  const size_t raw = row.rfind(",'z");
  CHECK(raw != row.npos);
  std::string text, buffer;  // without the escapes
  for (size_t i = raw + 2; i + 2 < row.size(); ++i) text += row[i] == '\\' ? row[++i] : row[i];
  CHECK(text.find('\0') == text.npos);
  const auto json = sphinx::unpack_raw(text, buffer);
  CHECK(json && json->size() > 10'000'000 && json->ends_with("xx\"}"));
  CHECK(!sphinx::unpack_raw(text.substr(0, text.size() / 2), buffer));

  std::string noise;
  for (uint32_t state = 1; noise.size() < 9'000'000; state = state * 1664525 + 1013904223)
    noise += static_cast<char>('0' + (state >> 24) % 75);
  std::erase(noise, '\\');
  EventParser parser;
  std::string out;
  const std::string line = "{\"message\":\"" + noise + "\"}";
  CHECK(!sphinx::append_row(out, parser.parse(line, 0), {}, 1, {}));
  CHECK(out.empty());
}

void marks_what_searchd_reads_otherwise() {
  const auto flags = [](const char* members) { return event(std::string(",") + members).substr(kHead.size(), 1); };
  for (const char* simple : {R"("a":1,"b":{"a":1})", R"("a":{"b":1},"c":{"b":1})", R"("a":"é")", R"("a":[1])"})
    CHECK(flags(simple) == "0");
  for (const char* odd : {R"("a":1,"a":2)", R"("a":{"b":1,"b":2})", R"("a.b":1)", R"("é":1)", R"("":1)", R"("a":null)",
                          R"("a":"ſ")", R"("a":"\u212a")", R"("a":1e300)", R"("a":["ſ"])"})
    CHECK(flags(odd) == "1");
  const auto marked = [](const std::string& message) {
    return row_of("{\"message\":\"" + message + "\"}").find("','odd','{}'") != std::string::npos;
  };
  CHECK(!marked("plain words, " + std::string(40, 'x') + "-" + std::string(40, 'y')));
  CHECK(marked(std::string(41, 'x')));
  CHECK(marked("ſ") && marked("\\u212a") && marked("\\u1c80") && marked("😀"));
}

void numbers_documents() {
  const Nanoseconds noon = 12 * 3600 * kSecond;
  CHECK(sphinx::document_id(0, {1, 7}, 0) == (int64_t{1} << 46) + 7);
  CHECK(sphinx::document_id(5 * kDay - 1, {1, 7}, 0) == (int64_t{86400} << 46) + 7);
  CHECK(sphinx::document_id(-1, {1, 7}, 0) == sphinx::document_id(5 * kDay - 1, {9, 7}, 0));
  CHECK(sphinx::document_id(noon, {1, 7}, 1) >> 46 == 43201);
  CHECK(sphinx::document_id(noon, {1, 7}, 1) != sphinx::document_id(noon, {2, 7}, 1));
  CHECK(sphinx::document_id(noon, {1, 7}, 1) != sphinx::document_id(noon, {1, 7}, 2));
}

uint64_t flags_of(const std::string& members) {
  EventParser parser;
  std::string row;
  CHECK(sphinx::append_row(row, parser.parse("{" + members + "}", 0), {}, 1, {}));
  for (int column = 0; column < 5; ++column) row.erase(0, row.find(',', 1));
  return strtoull(row.c_str() + 1, nullptr, 10);
}

void tells_events_of_another_shape_apart() {
  const uint64_t shape = flags_of(R"("message":"m","a":1,"b":{"c":"x"})");
  CHECK(shape <= UINT32_MAX);
  CHECK(shape == flags_of(R"("message":"other","a":2,"b":{"c":"y"})"));
  for (const char* other :
       {R"("a":"1","b":{"c":"x"})", R"("a":1,"b":{"d":"x"})", R"("a":1,"b":{},"c":"x")", R"("a":1)"})
    CHECK(shape != flags_of(std::string(R"("message":"m",)") + other));
}

// What an event of such a row is, and whether it is called damaged.
std::string read_back(std::string_view message, std::string_view js, std::string_view raw, bool members = true) {
  sphinx::RowParser parser;
  sphinx::StoredRow row;
  row.at.time = kSecond;
  row.message = message;
  row.js = js;
  row.raw = raw;
  bool damaged = false;
  std::string json;
  append_json(json, parser.parse(row, members, damaged));
  return json.substr(json.find(",\"message\"") + 1) + (damaged ? " damaged" : "");
}

void takes_nothing_of_searchd_on_trust() {
  CHECK(read_back("m", R"({"a":"x\/y"})", "") == R"("message":"m","a":"x/y"})");
  // what 2.2.11 makes of 1e999, of \u0000, of a lone surrogate, of 5 MB
  CHECK(read_back("m", R"({"a":inf})", "") == R"("message":"m","js":"{\"a\":inf}","tags":["_jsonparsefailure"]})");
  CHECK(read_back("m", R"({"a":"\0"})", "").starts_with(R"("message":"m","js":)"));
  CHECK(read_back("m", "{\"a\":\"\xed\xa0\x80\"}", "").find("_jsonparsefailure") != std::string::npos);
  CHECK(read_back("m", "NULL", "") == R"("message":"m","js":"NULL","tags":["_jsonparsefailure"]})");
  CHECK(read_back("m", R"({"a":1},{"b":2})", "").starts_with(R"("message":"m","js":)"));
  CHECK(read_back("m", "", "") == R"("message":"m"})");
  CHECK(read_back("a\xff", "{}", "") == "\"message\":\"a\uFFFD\"}");
  CHECK(read_back("a\xff", "", "", false) == "\"message\":\"a\uFFFD\"}");
  CHECK(read_back("m", R"({"a":1})", "zjunk") == R"("message":"m","a":1} damaged)");
  CHECK(read_back("m", R"({"a":1})", "{cut") == R"("message":"m","a":1} damaged)");
}

}  // namespace

int main() {
  takes_nothing_of_searchd_on_trust();
  tells_events_of_another_shape_apart();
  holds_the_values_in_the_order_of_the_columns();
  rounds_times_before_1970_down();
  keeps_the_text_of_what_searchd_would_change();
  packs_what_is_long();
  marks_what_searchd_reads_otherwise();
  numbers_documents();
  return failures();
}
