// Fuzz target: any text as an event for searchd, and any query as a SELECT. Read by the rules of SphinxQL the statement
// holds the values that were put in and nothing else; a row reads back as its event.
#include <cctype>
#include <cstdlib>
#include <string>
#include <vector>

#include "lib/error.h"
#include "lib/event_parser.h"
#include "lib/query/parse.h"
#include "lib/sphinx/escape.h"
#include "lib/sphinx/narrow.h"
#include "lib/sphinx/row.h"
#include "lib/sphinx/select.h"
#include "lib/sphinx/stored_row.h"
#include "lib/utf8.h"

using namespace alco;

namespace {

void require(bool condition) {
  if (!condition) abort();
}

// The value of the literal at the front of `text`, as searchd 2.2 reads it: \\ and \' are undone, and must be all.
std::string take_literal(std::string_view& text) {
  require(text.starts_with('\''));
  std::string value;
  for (size_t at = 1; at < text.size(); ++at) {
    require(text[at] != '\0');
    if (text[at] == '\'') {
      text.remove_prefix(at + 1);
      return value;
    }
    if (text[at] == '\\') {
      ++at;
      require(at < text.size() && (text[at] == '\\' || text[at] == '\''));
    }
    value += text[at];
  }
  abort();
}

// The values of a row behind its id, up to ')'.
std::vector<std::string> values_of(std::string_view row) {
  std::vector<std::string> values;
  while (row.starts_with(',')) {
    row.remove_prefix(1);
    if (row.starts_with('\'')) {
      values.push_back(take_literal(row));
      continue;
    }
    const size_t size = row.find_first_not_of("-0123456789");
    require(size != row.npos && size > 0);
    values.emplace_back(row.substr(0, size));
    row.remove_prefix(size);
  }
  require(row == ")");
  return values;
}

void check_row(std::string_view line) {
  static EventParser parser, reader;
  static sphinx::RowParser rows;
  const Event& event = parser.parse(line, 1'795'000'000 * kSecond);
  std::string json, again, row;
  append_json(json, event);
  const std::vector<std::string> indexed = {"host", "http.path"};
  if (!sphinx::append_row(row, event, {1, 2}, 77, indexed)) return require(row.empty());
  const auto values = values_of(row);
  require(values.size() == 10 + indexed.size());
  append_json(again, reader.parse(sphinx::row_event(row), 0));
  require(again == json);

  sphinx::StoredRow stored;
  stored.at.time = std::stoll(values[1]) * 1000 + std::stoll(values[2]);
  require(stored.at.time == event.time);
  stored.message = values[6];
  stored.js = values[8];
  stored.raw = values[9];
  bool damaged = false;
  again.clear();
  append_json(again, rows.parse(stored, true, damaged));
  require(!damaged && again == json);
}

// Any bytes as the columns of a row that a searchd gives.
void check_answer(std::string_view bytes) {
  static EventParser reader;
  static sphinx::RowParser rows;
  sphinx::StoredRow stored;
  const size_t first = std::min(bytes.find('\n'), bytes.size());
  const size_t second = std::min(bytes.find('\n', first + 1), bytes.size());
  stored.message = bytes.substr(0, first);
  stored.js = bytes.substr(std::min(first + 1, bytes.size()), second - std::min(first + 1, second));
  stored.raw = bytes.substr(std::min(second + 1, bytes.size()));
  for (const bool members : {false, true}) {
    bool damaged = false;
    std::string json, again;
    append_json(json, rows.parse(stored, members, damaged));
    require(utf8::valid(json) && (!damaged || !stored.raw.empty()));
    append_json(again, reader.parse(json, 0));
    require(reader.was_json() && again == json);
  }
}

// What a SELECT of ours is made of outside of its literals. Returns the literal of its MATCH().
std::string check_statement(std::string_view text) {
  int open = 0;
  std::string match;
  bool next_is_match = false;
  while (!text.empty()) {
    if (text[0] == '\'') {
      const std::string value = take_literal(text);
      if (next_is_match) match = value;
      next_is_match = false;
      continue;
    }
    const char c = text[0];
    require(isalnum(static_cast<unsigned char>(c)) ||
            std::string_view(" ,.()[]<>=_-&*").find(c) != std::string_view::npos);
    open += c == '(' || c == '[' ? 1 : c == ')' || c == ']' ? -1 : 0;
    require(open >= 0);
    if (text.starts_with("MATCH(")) next_is_match = true;
    text.remove_prefix(1);
  }
  require(open == 0);
  return match;
}

// Words, parts of words with a star, brackets and '|': no other operator of searchd's full-text language.
void check_match(std::string_view match) {
  if (match.empty()) return;
  constexpr std::string_view kHead = "(@logline (", kTail = ")) | (@marks odd)";
  require(match.starts_with(kHead) && match.ends_with(kTail));
  match.remove_prefix(kHead.size());
  match.remove_suffix(kTail.size());
  int open = 0;
  for (size_t i = 0; i < match.size(); ++i) {
    const auto c = static_cast<unsigned char>(match[i]);
    require(isdigit(c) || islower(c) || c > 127 || c == '_' || c == ' ' || c == '(' || c == ')' || c == '|' ||
            c == '*');
    open += c == '(' ? 1 : c == ')' ? -1 : 0;
    require(open >= 0);
    if (c == '*') require(match.size() > 1 && (i + 1 == match.size() || match[i + 1] != '*'));
  }
  require(open == 0 && match.find("()") == match.npos && match.find("| )") == match.npos);
}

void check_query(std::string_view text, unsigned kind) {
  static const query::FieldNames fields = {"host", "status", "a", "http.path"};
  query::Parsed parsed;
  try {
    parsed = query::parse(text, fields, {static_cast<query::Case>(kind % 3), false});
  } catch (const Error&) {
    return;
  }
  const sphinx::Narrowing narrowing = sphinx::narrow(parsed.node, {kind % 2 == 0, kind % 5});
  check_match(narrowing.match);
  sphinx::Select select("app_20261122", {});
  const std::string statement = select.narrow(narrowing).text("id, ts", sphinx::limit(100));
  require(check_statement(statement) == narrowing.match);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] % 3 == 0) check_row(text);
  if (data[0] % 3 == 1) check_query(text, data[0] / 3);
  if (data[0] % 3 == 2) check_answer(text);
  if (!sphinx::quotable(text)) return 0;
  std::string quoted;
  sphinx::append_quoted(quoted, text);
  std::string_view left = quoted;
  require(take_literal(left) == text && left.empty());
  return 0;
}
