// Fuzz target: any text as a query. Its canonical form is the same tree whatever fields there are, and it can be
// evaluated; a match can be marked.
#include <cstdlib>
#include <string>

#include "lib/error.h"
#include "lib/event_parser.h"
#include "lib/query/canonical.h"
#include "lib/query/evaluate.h"
#include "lib/query/fold.h"
#include "lib/query/matcher.h"
#include "lib/query/parse.h"

using namespace alco;
using namespace alco::query;

namespace {

void require(bool condition) {
  if (!condition) abort();
}

void search(const Pattern& pattern, std::string_view text) {
  const Matcher matcher(pattern);
  std::vector<std::pair<size_t, size_t>> spans;
  matcher.spans(text, spans);
  size_t end = 0;
  for (const auto& [first, last] : spans) {
    require(first >= end && first < last && last <= text.size());
    end = last;
  }
  if (!spans.empty()) require(matcher.found_in(text));
  if (pattern.whole_word || pattern.kind == Pattern::Kind::wildcard || !matcher.found_in(text)) return;
  const std::string folded_text = pattern.ignore_case ? folded(text) : std::string(text);
  for (const std::string& literal : matcher.required()) require(folded_text.find(literal) != std::string::npos);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  static const FieldNames fields = {"host", "status", "a", "http.path"};
  const ParseOptions options{static_cast<Case>(data[0] % 3), data[0] % 2 == 0};
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const size_t newline = std::min(input.find('\n'), input.size());  // behind it the text that is searched
  const std::string_view text = input.substr(std::min(newline + 1, input.size()));
  Parsed parsed;
  try {
    parsed = parse(input.substr(0, newline), fields, options);
  } catch (const Error&) {
    return 0;
  }
  const std::string form = canonical(parsed.node);
  require(parse(form, {}).node == parsed.node && parse(form, fields).node == parsed.node);
  for (const Pattern& pattern : marked_patterns(parsed.node)) search(pattern, text);
  static EventParser parser;
  const Evaluator evaluator(parsed.node);
  evaluator.matches(parser.parse(text, 0));
  evaluator.matches(parser.parse(
      R"({"message":"GET /a 500","host":"web1","status":500,"a":[1,"x",{"y":2}],"http":{"path":"/a"}})", 0));
  return 0;
}
