// Fuzz target: any bytes as an event. What is written is valid and reads back as the same event; what is taken for
// JSON is what another parser takes for JSON.
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>

#include "lib/event_parser.h"
#include "lib/query/field_text.h"
#include "lib/utf8.h"

using namespace alco;

namespace {

void require(bool condition) {
  if (!condition) abort();
}

size_t depth_of(std::string_view line) {
  size_t depth = 0, deepest = 0;
  bool inside = false;
  for (size_t i = 0; i < line.size(); ++i) {
    if (inside && line[i] == '\\')
      ++i;
    else if (line[i] == '"')
      inside = !inside;
    else if (!inside && (line[i] == '{' || line[i] == '['))
      deepest = std::max(deepest, ++depth);
    else if (!inside && (line[i] == '}' || line[i] == ']'))
      --depth;
  }
  return deepest;
}

void compare_with_another_parser(std::string_view line, bool was_json) {
  if (line.starts_with("\xef\xbb\xbf") || line.find('\0') != line.npos) return;
  const size_t first = line.find_first_not_of(" \t\r\n");
  const bool object = first != line.npos && line[first] == '{' && nlohmann::json::accept(line.begin(), line.end());
  if (object && depth_of(line) <= 64) require(was_json);
  // The other one refuses lone surrogates and numbers that a double can't hold.
  if (was_json && line.find("\\u") == line.npos && line.find_first_of("eE") == line.npos && line.size() < 300)
    require(object);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // In memory of its exact size, so that reading past its end is found.
  const std::vector<char> input(data, data + size);
  const std::string_view line(input.data(), input.size());
  static EventParser parser;
  const Event& event = parser.parse(line, 1'795'000'000 * kSecond);
  const bool was_json = parser.was_json();
  std::string out, scratch;
  append_json(out, event);
  for_each_leaf(event, [&](std::string_view, const Member& member) {
    query::any_text(member, scratch, [](std::string_view text) {
      require(utf8::valid(text));
      return false;
    });
  });
  compare_with_another_parser(line, was_json);
  require(utf8::valid(out) && out.find('\n') == out.npos);
  std::string again;
  append_json(again, parser.parse(out, 0));
  require(parser.was_json() && again == out);
  return 0;
}
