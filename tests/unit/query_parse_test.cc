#include "lib/query/parse.h"

#include <ctime>
#include <random>

#include "lib/error.h"
#include "lib/query/canonical.h"
#include "lib/query/suggest.h"
#include "tests/unit/check.h"

using namespace alco;
using namespace alco::query;

namespace {

const FieldNames kFields = {"host", "levelname", "status", "duration_ms",   "duration",
                            "size", "http.path", "path",   "@timestamp_raw"};

std::string understood(const std::string& text, const ParseOptions& options = {}) {
  return canonical(parse(text, kFields, options).node);
}

struct Row {
  const char* in;
  const char* out;
};

template <size_t N>
void check_rows(const Row (&rows)[N]) {
  for (const auto& [in, out] : rows) {
    const std::string got = understood(in);
    if (got != out) fprintf(stderr, " in: %s\ngot: %s\nnot: %s\n", in, got.c_str(), out);
    CHECK(got == out);
    CHECK(parse(got, {}).node == parse(in, kFields).node);
    CHECK(parse(got, kFields).node == parse(in, kFields).node);
  }
}

void words_are_literals() {
  check_rows({
      {"", ""},
      {"  \t\n ", ""},
      {"error", R"~("error")~"},
      {"connection refused", R"~("connection" "refused")~"},
      {R"~("connection refused")~", R"~("connection refused")~"},
      {"'connection refused'", R"~("connection refused")~"},
      {"500 GET", R"~("500" "GET")~"},
      {"a AND b", R"~("a" "b")~"},
      {"host.example:5070 main.cpp:42", R"~("host.example:5070" "main.cpp:42")~"},
      {"http://x.de/a?b=c", R"~("http://x.de/a?b=c")~"},
      {"don't it's", R"~("don't" "it's")~"},
      {"'it's me'", R"~("it's me")~"},
      {R"~("a"b c")~", R"~("a\"b c")~"},
      {R"~("C:\temp" "C:\\" "a\"b" "\\\"")~", R"~("C:\temp" "C:\\" "a\"b" "\\\"")~"},
      {R"~(user="bob smith")~", R"~("user=\"bob" "smith\"")~"},
      {R"~("")~", R"~("")~"},
      {"*", R"~("*")~"},
      {"a\xff", "\"a\uFFFD\""},
  });
}

void smart_case_can_be_overridden() {
  check_rows({
      {R"~("Error"i)~", R"~("Error"i)~"},
      {R"~("error"i)~", R"~("error")~"},
      {R"~("error"-c)~", R"~("error"-c)~"},
      {R"~("Error"-cw)~", R"~("Error"-w)~"},
      {R"~("x"-)~", R"~("\"x\"-")~"},
      {R"~("x"-z)~", R"~("\"x\"-z")~"},
      {"/Foo/i /foo/-c /foo/-w /\\Sfoo/", "/Foo/i /foo/-c /foo/-w /\\Sfoo/"},
  });
  const Node smart = parse("error Error", {}).node;
  CHECK(smart.children.at(0).pattern.ignore_case && !smart.children.at(1).pattern.ignore_case);
  CHECK(understood("error Error Ä", {.letter_case = Case::ignore}) == R"~("error" "Error"i "Ä"i)~");
  CHECK(understood("error Error", {.letter_case = Case::exact}) == R"~("error"-c "Error")~");
  CHECK(understood("error host:web @host=x", {.whole_word = true}) == R"~("error"-w @host:"web" @host="x")~");
  CHECK(parse("/\\W\\pL\\p{Lu}\\x{AB}(?P<A>x)/", {}).node.pattern.ignore_case);
  CHECK(!parse("/\\\\S/", {}).node.pattern.ignore_case);
}

void operators_bind_as_documented() {
  check_rows({
      {"a OR b", R"~("a" OR "b")~"},
      {"a b OR c d", R"~("a" "b" OR "c" "d")~"},
      {"a (b OR c) d", R"~("a" ("b" OR "c") "d")~"},
      {"(a OR b) OR c", R"~("a" OR "b" OR "c")~"},
      {"((a OR b) c)", R"~(("a" OR "b") "c")~"},
      {"a or b and not c", R"~("a" "or" "b" "and" "not" "c")~"},
      {"a OR", R"~("a" "OR")~"},
      {"OR a", R"~("OR" "a")~"},
      {"AND", R"~("AND")~"},
      {"a AND", R"~("a" "AND")~"},
      {"NOT", R"~("NOT")~"},
      {"a OR OR b", R"~("a" OR "OR" "b")~"},
      {"a OR AND b", R"~("a" OR "AND" "b")~"},
      {"NOT a b", R"~(-"a" "b")~"},
      {"-a !b NOT c", R"~(-"a" -"b" -"c")~"},
      {"-(a b)", R"~(-("a" "b"))~"},
      {"NOT (a OR b) c", R"~(-("a" OR "b") "c")~"},
      {"-(a)", R"~(-"a")~"},
      {"!!a", R"~("a")~"},
      {"-!a", R"~("a")~"},
      {"NOT NOT NOT a", R"~(-"a")~"},
      {"-\"a b\" -/x/ -host:web -@a=b", R"~(-"a b" -/x/ -@host:"web" -@a="b")~"},
      {"a -> b --flag - != -= -*", R"~("a" "->" "b" "--flag" "-" "!=" "-=" "-*")~"},
      {"a-b x!", R"~("a-b" "x!")~"},
  });
}

void brackets_are_text_unless_they_matter() {
  check_rows({
      {"(TID 1299).", R"~("(TID" "1299).")~"},
      {"(a b)", R"~("(a" "b)")~"},
      {"(a OR b).", R"~("(a" OR "b).")~"},
      {"(a OR b", R"~("(a" OR "b")~"},
      {"a) OR b", R"~("a)" OR "b")~"},
      {"f(x) (f(x) OR g(y))", R"~("f(x)" ("f(x)" OR "g(y)"))~"},
      {"()", R"~("()")~"},
      {"-()", R"~(-"()")~"},
      {"( a OR b )", R"~("a" OR "b")~"},
      {"(a OR (b c) d)", R"~("a" OR "(b" "c)" "d")~"},
      {"(\"a)\" OR b)", R"~("a)" OR "b")~"},
  });
}

void regular_expressions_end_the_word() {
  check_rows({
      {"/[0-9]+ terminating/", "/[0-9]+ terminating/"},
      {"/usr/bin/env", R"~("/usr/bin/env")~"},
      {"/api/v1", R"~("/api/v1")~"},
      {"/api/v1 and /usr/", R"~("/api/v1" "and" /usr/)~"},
      {"/usr/bin/", "/usr\\/bin/"},
      {"/a\\/b/is", "/a\\/b/s"},
      {"/A/is", "/A/is"},
      {"// /", R"~("//" "/")~"},
      {"/unclosed", R"~("/unclosed")~"},
      {"(/a b/ OR /c/)", "/a b/ OR /c/"},
      {"a/b/", R"~("a/b/")~"},
  });
  for (const char* text : {"/a(b/", "host:/a(b/", "x -/*/"}) {
    bool threw = false;
    try {
      parse(text, kFields);
    } catch (const Error& error) {
      threw = error.code() == EX_USAGE && std::string(error.what()).starts_with("regular expression /");
    }
    CHECK(threw);
  }
}

void conditions_need_a_known_field_or_a_mark() {
  check_rows({
      {"host:web", R"~(@host:"web")~"},
      {"host:Web", R"~(@host="Web")~"},
      {"host:web*", R"~(@host:"web*"-g)~"},
      {"host:\"web*\"", R"~(@host:"web*")~"},
      {"host:web\\*", R"~(@host:"web*")~"},
      {"host:*", "@host:*"},
      {"host:**", R"~(@host:"**"-g)~"},
      {"host:/^web/", "@host:/^web/"},
      {"host:\"a b\"", R"~(@host:"a b")~"},
      {"host:(a OR b)", R"~(@host:"a" OR @host:"b")~"},
      {"host:(a \"b c\" d*) x", R"~((@host:"a" OR @host:"b c" OR @host:"d*"-g) "x")~"},
      {"host:(a)", R"~(@host:"a")~"},
      {"host:()", R"~(@host:"()")~"},
      {"host:(a", R"~(@host:"(a")~"},
      {"host:(a OR b).", R"~(@host:"(a" OR "b).")~"},
      {"(host:(a OR b) OR x)", R"~(@host:"a" OR @host:"b" OR "x")~"},
      {"host: web", R"~("host:" "web")~"},
      {"host:", R"~("host:")~"},
      {"host", R"~("host")~"},
      {"level:error", R"~("level:error")~"},
      {"@level:error", R"~(@level:"error")~"},
      {"@level=Error", R"~(@level="Error")~"},
      {"@level=error", R"~(@level="error")~"},
      {"@level=\"a b\"", R"~(@level="a b")~"},
      {"@level=/a/", R"~(@level="/a/")~"},
      {"@level=", R"~("@level=")~"},
      {"host=web", R"~("host=web")~"},
      {"@", R"~("@")~"},
      {"@x", R"~("@x")~"},
      {"@@timestamp_raw:x", R"~(@@timestamp_raw:"x")~"},
      {"@\"odd name\":x @\"a\\\"b\"=\"c\" @\"1\":>5", R"~(@"odd name":"x" @"a\"b"="c" @"1":>5)~"},
      {"http.path:/api/", "@http.path:/api/"},
      {"http.path:/api/v1", R"~(@http.path:"/api/v1")~"},
      {"message:error", R"~("error")~"},
      {"message:\"a b\"", R"~("a b")~"},
      {"message:/a b/", "/a b/"},
      {"message:a*", R"~("a*")~"},
      {"message:(a OR b)", R"~("a" OR "b")~"},
      {"message:*", "@message:*"},
      {"@message=\"all of it\"", R"~(@message="all of it")~"},
      {"message:>5", R"~(">5")~"},
      {"@größe:1", R"~(@größe:"1")~"},
  });
}

void numbers_compare() {
  check_rows({
      {"status:>=500", "@status:>=500"},
      {"status >= 500", "@status:>=500"},
      {"status>=500", "@status:>=500"},
      {"status < 5 x", "@status:<5 \"x\""},
      {"status:<-1.5e3", "@status:<-1500"},
      {"status:<=1e300", "@status:<=1e+300"},
      {"status:>1e999", R"~(@status:">1e999")~"},
      {"status:>1.2.3", R"~(@status:">1.2.3")~"},
      {"status:>0x10", R"~(@status:">0x10")~"},
      {"status > abc", R"~("status" ">" "abc")~"},
      {"count > 5", R"~("count" ">" "5")~"},
      {"@count > 5", "@count:>5"},
      {"duration:>2s", "@duration:>2"},
      {"duration:>1500ms", "@duration:>1.5"},
      {"duration_ms:>2s", "@duration_ms:>2000"},
      {"duration_ms:<=1.5m", "@duration_ms:<=90000"},
      {"duration_ms:<10", "@duration_ms:<10"},
      {"size:>10KB size:<1MiB size:>=2GiB", "@size:>10000 @size:<1048576 @size:>=2147483648"},
      {"size:>10XB", R"~(@size=">10XB")~"},
      {"(status:>5 OR a)", R"~(@status:>5 OR "a")~"},
      {"status:500", R"~(@status:"500")~"},
  });
}

void notes_name_what_may_have_been_meant() {
  const auto notes = [](const char* text) { return parse(text, kFields).notes; };
  using Notes = std::vector<std::string>;
  CHECK(notes("level:error") == Notes{"no field 'level' in this index; did you mean levelname?"});
  CHECK(notes("@level:error") == Notes{"no field 'level' in this index; did you mean levelname?"});
  CHECK(notes("hots:web") == Notes{"no field 'hots' in this index; did you mean host?"});
  CHECK(notes("qwertz:web") == Notes{"no field 'qwertz' in this index"});
  CHECK(notes("@timestamp_raw:x") == Notes{"no field 'timestamp_raw' in this index; did you mean @@timestamp_raw?"});
  CHECK(notes("http://x host:web a: @message:x 12:30").empty());
  CHECK(notes("level:a level:b").size() == 1);
  CHECK((similar_names("Path", kFields) == Notes{"path", "http.path"}));
  CHECK((similar_names("duratoin", kFields) == Notes{"duration"}));
  CHECK((similar_names("duration_m", kFields) == Notes{"duration_ms", "duration"}));
}

void survives_size_and_depth() {
  const clock_t begin = clock();  // of the processor: the machine may be busy
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += (i ? " OR w" : "w") + std::to_string(i);
  const Node terms = parse(many, kFields).node;
  CHECK(terms.children.size() == 10'000);
  CHECK(parse(canonical(terms), kFields).node == terms);
  const auto times = [](const char* text, int n) {
    std::string result;
    for (int i = 0; i < n; ++i) result += text;
    return result;
  };
  for (const std::string& text :
       {times("(", 3000) + "a OR b" + times(")", 3000), times("(a OR ", 3000), times("-(", 3000),
        times("-(x (y OR ", 3000) + "z" + times("))", 3000), times("!", 3000) + "a", times("NOT ", 3000) + "a",
        times("host:(a ", 3000), times("\"a ", 9000), times("/a b", 9000), times("@\"a", 9000), times("(/a+/ ", 9000),
        times("-(/a+/ ", 900), times("host:(/b*/ (", 9000), times("(f(", 9000) + times(")", 9000), times("a) ", 9000),
        times("\\\"", 9000), times("(-(", 50) + "a OR b" + times("))", 50)}) {
    const Node node = parse(text, kFields).node;
    CHECK(parse(canonical(node), kFields).node == node);
  }
  CHECK(parse(times("(", 40) + "a OR b" + times(")", 40), {}).node.kind == Node::Kind::or_);
  bool threw = false;
  try {
    parse(std::string(300'000, 'a'), {});
  } catch (const Error&) {
    threw = true;
  }
  CHECK(threw);
  CHECK(clock() - begin < 10 * CLOCKS_PER_SEC * slowness());
}

void canonical_form_means_the_same_with_any_fields() {
  const char* const tokens[] = {"a",    "B",      " ",       " ",        " ",        "(",       ")",         "\"",
                                "'",    "/",      "\\",      "-",        "!",        "*",       ":",         "=",
                                ">",    "<=",     "5",       "ms",       "@",        " OR ",    " AND ",     " NOT ",
                                "host", "status", "message", "level",    "host:",    "@x:",     "@\"y z\":", "@level=",
                                "i",    "-c",     "-w",      "-g",       "é",        ".",       "\n",        "status:>",
                                "[",    "]",      "host:(",  "message:", "(a OR b)", "\"x y\"", "/x y/"};
  const FieldNames other = {"a", "B", "x", "y", "level", "i", "ms"};
  std::mt19937 random(4);
  int parsed = 0;
  for (int round = 0; round < 30'000; ++round) {
    std::string text;
    for (size_t n = 1 + random() % 12; n > 0; --n) text += tokens[random() % std::size(tokens)];
    const ParseOptions options{static_cast<Case>(random() % 3), random() % 4 == 0};
    Node node;
    try {
      node = parse(text, kFields, options).node;
    } catch (const Error&) {
      continue;  // a bad regular expression
    }
    ++parsed;
    const std::string form = canonical(node);
    for (const FieldNames& fields : {kFields, other, FieldNames{}}) {
      const bool same = parse(form, fields).node == node;
      if (!same)
        fprintf(stderr, "text: %s\nform: %s\nthen: %s\n", text.c_str(), form.c_str(),
                canonical(parse(form, fields).node).c_str());
      CHECK(same);
      if (!same) return;
    }
  }
  CHECK(parsed > 20'000);
}

}  // namespace

int main() {
  words_are_literals();
  smart_case_can_be_overridden();
  operators_bind_as_documented();
  brackets_are_text_unless_they_matter();
  regular_expressions_end_the_word();
  conditions_need_a_known_field_or_a_mark();
  numbers_compare();
  notes_name_what_may_have_been_meant();
  survives_size_and_depth();
  canonical_form_means_the_same_with_any_fields();
  return failures() != 0;
}
