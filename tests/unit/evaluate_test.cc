#include "lib/query/evaluate.h"

#include <string>

#include "lib/event_parser.h"
#include "lib/query/compare.h"
#include "lib/query/field_text.h"
#include "lib/query/parse.h"
#include "tests/unit/check.h"

using namespace alco;
using namespace alco::query;

namespace {

using Op = Node::Op;

bool matches(const std::string& line, const std::string& query) {
  EventParser parser;
  return Evaluator(parse(query, {}).node).matches(parser.parse(line, 0));
}

void conditions_on_the_message() {
  const std::string line = R"({"message":"GET /api 500","host":"web1"})";
  for (const char* query :
       {"", "get", "GET", "500 api", "-post", "post OR api", "/[0-9]+$/", "@message=\"GET /api 500\"", "@message:*"})
    CHECK(matches(line, query));
  for (const char* query : {"Get", "web1", "-get", "api post", "/^api/", "@message=GET", "-@message:*"})
    CHECK(!matches(line, query));
  for (const char* query : {"x", "\"\"", "@message:*", "/x*/"}) CHECK(!matches(R"({"message":5})", query));
  CHECK(matches(R"({"message":5})", "-x") && matches(R"({"message":""})", "@message:*") &&
        matches(R"({"message":""})", "\"\""));
}

void conditions_on_fields() {
  const std::string line =
      R"({"s":"Web1","n":500,"f":1.50,"b":true,"z":null,"o":{"p":"x","q":{}},"o.p":"y","a":["u",7,["V",{"k":1}],null],"e":[],"d":1,"d":"two","big":18446744073709551616,"esc":["a\"b,]"]})";
  for (const char* query : {"@s:web1",
                            "@s=Web1",
                            "@s:w*1",
                            "@s:/eb/",
                            "@s:*",
                            "@n:500",
                            "@n=500",
                            "@n:5*",
                            "@f:1.5",
                            "@b:true",
                            "@b:t*",
                            "@z:null",
                            "@z:*",
                            "@o.p:x",
                            "@o.p:y",
                            "@o.p:(q OR y)",
                            "@a:u",
                            "@a:v",
                            "@a=V",
                            "@a:7",
                            "@a:null",
                            "@a:\"{\\\"k\\\":1}\"",
                            "@a:*",
                            "@e:*",
                            "@e=[]",
                            R"(@esc="[\"a\\\"b,]\"]")",
                            R"(@a:"[\"u\",7,[\"v\",{\"k\":1}],null]")",
                            "@d:1",
                            "@d:two",
                            "@big:18446744073709551616",
                            "@big:184*",
                            "@esc=\"a\\\"b,]\"",
                            "@esc:/b,/"})
    if (!matches(line, query)) {
      fprintf(stderr, "%s\n", query);
      CHECK(false);
    }
  for (const char* query : {"@s=web1", "@s:eb", "@S:web1", "@n:50", "@f:1.50", "@o:*", "@o.q:*", "@p:x", "@a:\"[\"",
                            "@e:\"\"", "@missing:*", "@missing:x", "-@a:u", "-@d:1", "@d:TWO", "@message:*"}) {
    if (matches(line, query)) fprintf(stderr, "%s\n", query);
    CHECK(!matches(line, query));
  }
  CHECK(matches(line, "-@missing:x") && matches(line, "-@e:x"));
}

void numbers_compare_exactly() {
  CHECK(compare(int64_t{5}, Op::less, 5.5) && !compare(int64_t{5}, Op::less, 5) &&
        compare(int64_t{5}, Op::less_equal, 5));
  CHECK(compare(INT64_MAX, Op::less, 9223372036854775808.0) &&
        !compare(INT64_MAX, Op::greater_equal, 9223372036854775808.0));
  CHECK(compare(int64_t{9007199254740993}, Op::greater, 9007199254740992.0));
  CHECK(compare(INT64_MIN, Op::greater_equal, -9223372036854775808.0) && compare(INT64_MIN, Op::greater, -1e300));
  CHECK(compare(UINT64_MAX, Op::less, 18446744073709551616.0) && compare(UINT64_MAX, Op::greater, 1.8e19));
  CHECK(compare(uint64_t{0}, Op::greater, -0.5) && compare(int64_t{-1}, Op::less, -0.5) &&
        compare(int64_t{0}, Op::greater, -0.5));
  for (const char* text : {"5", "+5", "005", "5.0", "5e0", "0.5E+1", "500e-2"})
    CHECK(compare(text, Op::greater_equal, 5) && compare(text, Op::less_equal, 5));
  for (const char* text : {"", " 5", "5 ", "5ms", "0x5", "inf", "nan", "5.", ".5", "-", "+-5", "5e", "--5", "five"})
    CHECK(!compare(text, Op::greater, -1e300) && !compare(text, Op::less_equal, 1e300));
  CHECK(compare("1e999", Op::greater, 1e308) && compare("-1e999", Op::less, -1e308) &&
        compare("1e-999", Op::less, 1e-300));
  CHECK(compare("0." + std::string(400, '0') + "1", Op::less, 1) &&
        compare("1" + std::string(400, '0'), Op::greater, 1e308));
  CHECK(compare("0.0001e999", Op::greater, 1e308) && compare("1000000e-999", Op::less, 1e-300) &&
        compare("1e99999999999999999999", Op::greater, 1));
  CHECK(compare("18446744073709551617", Op::greater_equal, 18446744073709551616.0));
}

void numbers_in_events() {
  const std::string line = R"({"n":500,"s":"12.5","t":"x","a":[1,"30",null,[99]],"big":1e999,"b":true,"d":1,"d":9})";
  for (const char* query : {"@n:>=500", "@n:<501", "@s:>12", "@a:>98", "@a:<2", "@a:>=30", "@big:>1", "@d:>5", "@d:<5",
                            "-@t:>0", "-@b:>0", "-@a:>99"})
    CHECK(matches(line, query));
  for (const char* query : {"@n:>500", "@t:>0", "@t:<0", "@b:>0", "@missing:>0", "@a:>99", "-@d:>5"})
    CHECK(!matches(line, query));
}

void columns_have_text() {
  EventParser parser;
  std::string scratch, columns;
  for (const Member& member :
       parser.parse(R"({"a":[1, "x"],"n":-5,"f":2.0,"b":false,"z":null,"s":"t","u":18446744073709551615})", 0).members)
    columns += std::string(column_text(member, scratch)) + " ";
  CHECK(columns == "[1,\"x\"] -5 2.0 false null t 18446744073709551615 ");
}

void marks_what_made_it_match() {
  const auto marked = [](const char* query) {
    std::string result;
    for (const Pattern& pattern : marked_patterns(parse(query, {}).node)) result += pattern.text + ",";
    return result;
  };
  CHECK(marked("a -b (c OR -(d -e)) @x:y @message=z /f+/") == "a,c,e,z,f+,");
  CHECK(marked("").empty());
}

}  // namespace

int main() {
  conditions_on_the_message();
  conditions_on_fields();
  numbers_compare_exactly();
  numbers_in_events();
  columns_have_text();
  marks_what_made_it_match();
  return failures() != 0;
}
