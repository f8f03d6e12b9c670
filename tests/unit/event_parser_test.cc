#include "lib/event_parser.h"

#include <string>

#include "tests/unit/check.h"

using namespace alco;

namespace {

constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;
const std::string kArrived = "\"@timestamp\":\"2026-11-18T11:06:40.000000Z\"";

std::string parsed(std::string_view line) {
  EventParser parser;
  std::string out;
  append_json(out, parser.parse(line, kArrival));
  std::string again;
  append_json(again, parser.parse(out, 0));
  CHECK(parser.was_json());
  if (again != out) fprintf(stderr, "not stable: %s\n       then: %s\n", out.c_str(), again.c_str());
  CHECK(again == out);
  return out;
}

// The members of a line without a time, as they come back.
std::string members(const std::string& line) {
  const std::string out = parsed(line);
  const std::string begin = "{" + kArrived;
  if (out.compare(0, begin.size(), begin) != 0) return out;
  return out == begin + "}" ? "{}" : "{" + out.substr(begin.size() + 1);
}

struct Row {
  std::string in, out;
};

#define CHECK_ROWS(function, ...)                                                                                     \
  for (const Row& row : std::initializer_list<Row> __VA_ARGS__) {                                                     \
    const std::string got = function(row.in);                                                                         \
    if (got != row.out) fprintf(stderr, " in: %s\ngot: %s\nnot: %s\n", row.in.c_str(), got.c_str(), row.out.c_str()); \
    CHECK(got == row.out);                                                                                            \
  }

void keeps_members_with_type_order_and_nesting() {
  CHECK_ROWS(members,
             {
                 {"{}", "{}"},
                 {" { } ", "{}"},
                 {R"({"a":1,"b":"x","c":true,"d":false,"e":null})", R"({"a":1,"b":"x","c":true,"d":false,"e":null})"},
                 {R"( {"a" : {"b" : { } , "c":{"d":1}}, "e":2 } )", R"({"a":{"b":{},"c":{"d":1}},"e":2})"},
                 {R"({"a":1,"a":2,"a":"x"})", R"({"a":1,"a":2,"a":"x"})"},
                 {R"({"":1,"__proto__":2,"a.b":3,"id":4})", R"({"":1,"__proto__":2,"a.b":3,"id":4})"},
                 {R"({"a":[ ],"b":[ 1 , "x y" , [ ] , { } , {"k" : [null, true]} ]})",
                  R"({"a":[],"b":[1,"x y",[],{},{"k":[null,true]}]})"},
                 {R"({"a":[1e999,1.0,-0,"\ud800\u0041"]})", R"({"a":[1e999,1.0,-0,"\ud800\u0041"]})"},
                 {R"({"@version":"1","x":1,"@version":{"a":[1]},"@version":[2]})", R"({"x":1})"},
             });
}

void keeps_numbers() {
  CHECK_ROWS(members, {
                          {R"({"n":0})", R"({"n":0})"},
                          {R"({"n":-0})", R"({"n":-0.0})"},
                          {R"({"n":-0.0})", R"({"n":-0.0})"},
                          {R"({"n":1.0})", R"({"n":1.0})"},
                          {R"({"n":1e5})", R"({"n":1e+05})"},
                          {R"({"n":0.1})", R"({"n":0.1})"},
                          {R"({"n":114.436})", R"({"n":114.436})"},
                          {R"({"n":1.5E+300})", R"({"n":1.5e+300})"},
                          {R"({"n":9223372036854775807})", R"({"n":9223372036854775807})"},
                          {R"({"n":-9223372036854775808})", R"({"n":-9223372036854775808})"},
                          {R"({"n":9223372036854775808})", R"({"n":9223372036854775808})"},
                          {R"({"n":18446744073709551615})", R"({"n":18446744073709551615})"},
                          {R"({"n":18446744073709551616})", R"({"n":18446744073709551616})"},
                          {R"({"n":-9223372036854775809})", R"({"n":-9223372036854775809})"},
                          {R"({"n":100000000000000000000000})", R"({"n":100000000000000000000000})"},
                          {R"({"n":1e999})", R"({"n":1e999})"},
                          {R"({"n":-1e999})", R"({"n":-1e999})"},
                          {R"({"n":1e-999})", R"({"n":1e-999})"},
                          {R"({"n":0e999})", R"({"n":0.0})"},
                          {R"({"n":1e99999999999999999999999})", R"({"n":1e99999999999999999999999})"},
                          {R"({"n":3.14159265358979323846})", R"({"n":3.14159265358979323846})"},
                          {R"({"n":0.30000000000000004})", R"({"n":0.30000000000000004})"},
                          {R"({"n":1.7976931348623157e308})", R"({"n":1.7976931348623157e+308})"},
                          {R"({"n":5e-324})", R"({"n":5e-324})"},
                          {R"({"n":0.0000000000000000000000000001})", R"({"n":1e-28})"},
                      });
  EventParser parser;
  const auto type = [&](const char* line) { return parser.parse(line, 0).members.at(0).type; };
  CHECK(type(R"({"n":9223372036854775807})") == Type::integer);
  CHECK(type(R"({"n":9223372036854775808})") == Type::big_unsigned);
  CHECK(type(R"({"n":18446744073709551616})") == Type::raw);
  CHECK(type(R"({"n":1e999})") == Type::raw);
  CHECK(type(R"({"n":-0})") == Type::real);
  CHECK(type(R"({"n":1.0})") == Type::real);
}

void unescapes_strings() {
  EventParser parser;
  const Event& event =
      parser.parse(R"({"message":"a\"\\\/\b\f\n\r\t\u0000\u00e4\ud83d\ude00z","k\u0065y":"x\\","plain":"p"})", 0);
  CHECK(parser.was_json());
  CHECK(event.message == std::string_view("a\"\\/\b\f\n\r\t\0ä😀z", 17));
  CHECK(event.members.at(0).key == "key" && event.members.at(0).text == "x\\");
  CHECK(event.members.at(1).text == "p");
  CHECK_ROWS(members,
             {
                 {R"({"message":"\ud800 \udc00 \ud800\ud800 \ud83dx"})", R"({"message":"� � �� �x"})"},
                 {R"({"message":"\u0000\u001b\u007f\n\r\t\b"})", R"({"message":"\u0000\u001b\u007f\n\r\t\u0008"})"},
                 {"{\"message\":\"\u2028\"}", "{\"message\":\"\u2028\"}"},
             });
}

void takes_aliases() {
  CHECK_ROWS(members,
             {
                 {R"({"message":"m","a":1})", R"({"message":"m","a":1})"},
                 {R"({"a":1,"msg":"m"})", R"({"message":"m","a":1})"},
                 {R"({"log":"m"})", R"({"message":"m"})"},
                 {R"({"body":"m"})", R"({"message":"m"})"},
                 {R"({"MESSAGE":"m"})", R"({"message":"m"})"},
                 {R"({"short_message":"m"})", R"({"message":"m"})"},
                 {R"({"@message":"m"})", R"({"message":"m"})"},
                 {R"({"log":"l","msg":"m"})", R"({"message":"m","log":"l"})"},
                 {R"({"msg":"m","message":"x"})", R"({"message":"x","msg":"m"})"},
                 {R"({"msg":"m","message":5})", R"({"msg":"m","message":5})"},
                 {R"({"message":5,"message":"x","message":"y"})", R"({"message":5,"message":"x","message":"y"})"},
                 {R"({"message":"x","message":"y","message":null})", R"({"message":"x","message":"y","message":null})"},
                 {R"({"message":{"a":"b"},"msg":"x"})", R"({"message":{"a":"b"},"msg":"x"})"},
                 {R"({"log":{"level":"x"},"body":"b"})", R"({"message":"b","log":{"level":"x"}})"},
                 {R"({"a":{"msg":"x","message":"y","@timestamp":"2020-01-01","@alco":1,"@version":2}})",
                  R"({"a":{"msg":"x","message":"y","@timestamp":"2020-01-01","@alco":1,"@version":2}})"},
                 {R"({"MESSAGE":[104,195,164,255]})", R"({"message":"hä�"})"},
                 {R"({"MESSAGE":[104,256]})", R"({"MESSAGE":[104,256]})"},
                 {R"({"MESSAGE":[104,[1]]})", R"({"MESSAGE":[104,[1]]})"},
                 {R"({"msg":[104,105]})", R"({"msg":[104,105]})"},
             });
}

std::string timed(const std::string& line) { return parsed("{" + line + "}"); }

void finds_the_time() {
  const std::string t = R"({"@timestamp":"2026-11-18T11:06:40.500000Z")";
  CHECK_ROWS(timed, {
                        {R"("@timestamp":"2026-11-18T11:06:40.5Z")", t + "}"},
                        {R"("@timestamp":"2026-11-18T12:06:40.5+01:00","time":"x")", t + R"(,"time":"x"})"},
                        {R"("timestamp":"2026-11-18 11:06:40.5")", t + "}"},
                        {R"("a":1,"time":1795000000.5,"b":2)", t + R"(,"a":1,"b":2})"},
                        {R"("ts":1795000000500,"msg":"m","b":2)", t + R"(,"message":"m","b":2})"},
                        {R"("msg":"m","b":2,"ts":"1795000000500000")", t + R"(,"message":"m","b":2})"},
                        {R"("ts":1795000000500000000)", t + "}"},
                        {R"("ts":"1795000000.500000")", t + "}"},
                        {R"("__REALTIME_TIMESTAMP":"1795000000500000")", t + "}"},
                        {R"("ts":"x","time":"1795000000.500000")", t + R"(,"ts":"x"})"},
                        {R"("ts":1795000000.123456789)", R"({"@timestamp":"2026-11-18T11:06:40.123456789Z"})"},
                        {R"("@timestamp":0)", R"({"@timestamp":"1970-01-01T00:00:00.000000Z"})"},
                        {R"("@timestamp":-0.5)", R"({"@timestamp":"1969-12-31T23:59:59.500000Z"})"},
                        {R"("@timestamp":1.7950000005e9)", t + "}"},
                        {R"("time":{"a":1})", "{" + kArrived + R"(,"time":{"a":1}})"},
                        {R"("@timestamp":"2026-11-18T11:06:40.5Z","@timestamp":"y")", t + R"(,"@timestamp":"y"})"},
                    });
}

void keeps_a_time_that_it_cannot_use() {
  CHECK_ROWS(
      members,
      {
          {R"({"@timestamp":"yesterday","a":1})",
           R"({"@timestamp_raw":"yesterday","a":1,"tags":["_timeparsefailure"]})"},
          {R"({"@timestamp":"2026-11-18T24:00:00Z"})",
           R"({"@timestamp_raw":"2026-11-18T24:00:00Z","tags":["_timeparsefailure"]})"},
          {R"({"tags":[],"@timestamp":null})", R"({"tags":["_timeparsefailure"],"@timestamp_raw":null})"},
          {R"({"@timestamp":"","tags":["a"]})", R"({"@timestamp_raw":"","tags":["a","_timeparsefailure"]})"},
          {R"({"@timestamp":"","tags":77777777777777777777777777777777})",
           R"({"@timestamp_raw":"","tags":[77777777777777777777777777777777,"_timeparsefailure"]})"},
          {R"({"@timestamp":"","tags":["_timeparsefailure"]})",
           R"({"@timestamp_raw":"","tags":["_timeparsefailure"]})"},
          {R"({"@timestamp":[1,2],"tags":"t"})", R"({"@timestamp_raw":[1,2],"tags":["t","_timeparsefailure"]})"},
          {R"({"tags":"a \"_timeparsefailure\"","ts":"x"})",
           R"({"tags":["a \"_timeparsefailure\"","_timeparsefailure"],"@timestamp_raw":"x"})"},
          {R"({"tags":"_timeparsefailure","ts":"x"})", R"({"tags":["_timeparsefailure"],"@timestamp_raw":"x"})"},
          {R"({"tags":-1.5,"ts":"x"})", R"({"tags":[-1.5,"_timeparsefailure"],"@timestamp_raw":"x"})"},
          {R"({"tags":false,"ts":"x"})", R"({"tags":[false,"_timeparsefailure"],"@timestamp_raw":"x"})"},
          {R"({"tags":18446744073709551615,"ts":"x","n":1})",
           R"({"tags":[18446744073709551615,"_timeparsefailure"],"@timestamp_raw":"x","n":1})"},
          {R"({"tags":null,"ts":"x"})", R"({"tags":["_timeparsefailure"],"@timestamp_raw":"x"})"},
          {R"({"ts":"x","tags":{"a":1,"tags":"t"},"n":1})",
           R"({"@timestamp_raw":"x","@tags_raw":{"a":1,"tags":"t"},"n":1,"tags":["_timeparsefailure"]})"},
          {R"({"tags":{"a":1},"tags":"t","ts":"x"})",
           R"({"tags":{"a":1},"tags":["t","_timeparsefailure"],"@timestamp_raw":"x"})"},
          {R"({"@timestamp":{"a":1}})", R"({"@timestamp_raw":{"a":1},"tags":["_timeparsefailure"]})"},
          {R"({"time":"1e999"})", R"({"@timestamp_raw":"1e999","tags":["_timeparsefailure"]})"},
          {R"({"ts":18446744073709551615})", R"({"@timestamp_raw":18446744073709551615,"tags":["_timeparsefailure"]})"},
          {R"({"time":"x","ts":"y"})", R"({"@timestamp_raw":"x","ts":"y","tags":["_timeparsefailure"]})"},
          {R"({"time":"x","msg":"y"})", R"({"message":"y","@timestamp_raw":"x","tags":["_timeparsefailure"]})"},
      });
}

void wraps_what_is_no_object() {
  const auto wrapped = [](const std::string& json_text) {
    return "{\"message\":" + json_text + ",\"tags\":[\"_jsonparsefailure\"]}";
  };
  std::string deep = "{\"a\":";
  for (int i = 0; i < 62; ++i) deep += "[";
  const std::string deep_end(62, ']');
  std::string deep_objects;
  for (int i = 0; i < 65; ++i) deep_objects += "{\"a\":";
  CHECK_ROWS(members, {
                          {"", wrapped("\"\"")},
                          {"plain text", wrapped("\"plain text\"")},
                          {"1", wrapped("\"1\"")},
                          {"\"a\"", wrapped(R"("\"a\"")")},
                          {"[]", wrapped("\"[]\"")},
                          {"{", wrapped("\"{\"")},
                          {"}", wrapped("\"}\"")},
                          {"{}x", wrapped("\"{}x\"")},
                          {"{}{}", wrapped("\"{}{}\"")},
                          {"{1:2}", wrapped("\"{1:2}\"")},
                          {"{,}", wrapped("\"{,}\"")},
                          {R"({"a"})", wrapped(R"("{\"a\"}")")},
                          {R"({"a":})", wrapped(R"("{\"a\":}")")},
                          {R"({"a":1,})", wrapped(R"("{\"a\":1,}")")},
                          {R"({"a":1 "b":2})", wrapped(R"("{\"a\":1 \"b\":2}")")},
                          {R"({"a" "b":2})", wrapped(R"("{\"a\" \"b\":2}")")},
                          {R"({"a":"b"c})", wrapped(R"("{\"a\":\"b\"c}")")},
                          {R"({"a":1b})", wrapped(R"("{\"a\":1b}")")},
                          {R"({"a":1"b"})", wrapped(R"("{\"a\":1\"b\"}")")},
                          {R"({"a":01})", wrapped(R"("{\"a\":01}")")},
                          {R"({"a":+1})", wrapped(R"("{\"a\":+1}")")},
                          {R"({"a":.5})", wrapped(R"("{\"a\":.5}")")},
                          {R"({"a":1.})", wrapped(R"("{\"a\":1.}")")},
                          {R"({"a":-})", wrapped(R"("{\"a\":-}")")},
                          {R"({"a":1e})", wrapped(R"("{\"a\":1e}")")},
                          {R"({"a":NaN})", wrapped(R"("{\"a\":NaN}")")},
                          {R"({"a":truE})", wrapped(R"("{\"a\":truE}")")},
                          {R"({"a":[1,]})", wrapped(R"("{\"a\":[1,]}")")},
                          {R"({"a":[,1]})", wrapped(R"("{\"a\":[,1]}")")},
                          {R"({"a":[1 2]})", wrapped(R"("{\"a\":[1 2]}")")},
                          {R"({"a":[1})", wrapped(R"("{\"a\":[1}")")},
                          {R"({"a":[})", wrapped(R"("{\"a\":[}")")},
                          {R"({"a":[{"b"}]})", wrapped(R"("{\"a\":[{\"b\"}]}")")},
                          {R"({"a":[{"b":1,}]})", wrapped(R"("{\"a\":[{\"b\":1,}]}")")},
                          {R"({"a":[{1:1}]})", wrapped(R"("{\"a\":[{1:1}]}")")},
                          {R"({"a":["\x"]})", wrapped(R"("{\"a\":[\"\\x\"]}")")},
                          {R"({"a":"\x"})", wrapped(R"("{\"a\":\"\\x\"}")")},
                          {R"({"a":"\u12"})", wrapped(R"("{\"a\":\"\\u12\"}")")},
                          {R"({"a":"\u12g4"})", wrapped(R"("{\"a\":\"\\u12g4\"}")")},
                          {"{\"a\":\"\t\"}", wrapped(R"("{\"a\":\"\t\"}")")},
                          {"{\"a\":\"\xff\"}", wrapped(R"("{\"a\":\"�\"}")")},
                          {"\xff\xfe text \xc3", wrapped("\"�� text �\"")},
                          {deep + "[]" + deep_end + "}", deep + "[]" + deep_end + "}"},
                          {deep + "[[]]" + deep_end + "}",
                           wrapped("\"{\\\"a\\\":" + std::string(64, '[') + std::string(64, ']') + "}\"")},
                      });
  EventParser parser;
  parser.parse(deep_objects + "1" + std::string(65, '}'), 0);
  CHECK(!parser.was_json());
  parser.parse(deep_objects.substr(5) + "1" + std::string(64, '}'), 0);
  CHECK(parser.was_json());
  parser.parse(std::string(1'000'000, '['), 0);
  CHECK(!parser.was_json());
}

void reads_the_position() {
  EventParser parser;
  const Event& event =
      parser.parse(R"({"@alco":{"p":"ab:12","id":"0123","x":{"p":"no"}},"a":1,"@alco":{"p":"second"},"@alco":7})", 0);
  CHECK(event.position == "ab:12");
  CHECK(event.id == "0123");
  CHECK(event.members.size() == 1 && event.members[0].key == "a");
  CHECK(parser.parse(R"({"a":1})", 0).position.empty());
}

void skips_a_byte_order_mark() {
  CHECK(members("\xef\xbb\xbf{\"message\":\"m\"}") == "{\"message\":\"m\"}");
  CHECK(members("\xef\xbb\xbftext") == R"({"message":"text","tags":["_jsonparsefailure"]})");
}

// Views into the buffer must hold while it fills up.
void keeps_long_escaped_text() {
  EventParser parser;
  std::string long_text, escaped;
  for (int i = 0; i < 100'000; ++i) long_text += "\n\"x", escaped += "\\n\\\"x";
  const Event& event =
      parser.parse("{\"a\":\"" + escaped + "\",\"b\":[\"" + escaped + "\"],\"message\":\"" + escaped + "\"}", 0);
  CHECK(parser.was_json());
  CHECK(event.message == long_text);
  CHECK(event.members.at(0).text == long_text);
  CHECK(event.members.at(1).text == "[\"" + escaped + "\"]");
}

}  // namespace

int main() {
  keeps_members_with_type_order_and_nesting();
  keeps_numbers();
  unescapes_strings();
  takes_aliases();
  finds_the_time();
  keeps_a_time_that_it_cannot_use();
  wraps_what_is_no_object();
  reads_the_position();
  skips_a_byte_order_mark();
  keeps_long_escaped_text();
  return failures() != 0;
}
