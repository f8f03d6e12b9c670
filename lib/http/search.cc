#include "lib/http/search.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "lib/query/canonical.h"
#include "lib/query/parse.h"
#include "lib/time_range.h"

namespace alco::http {
namespace {

using query::Node;

// Parameters with a meaning of their own; all others are conditions on fields.
const std::set<std::string, std::less<>>& reserved_params() {
  static const std::set<std::string, std::less<>> names = {
      "q",    "search", "since", "until",   "start_ts", "end_ts", "case",  "tz",
      "mark", "limit",  "order", "cursor",  "around",   "cols",   "A",     "B",
      "C",    "within", "same",  "buckets", "split",    "format", "after", "ticket"};
  return names;
}

query::Case case_param(const Request& request) {
  const std::string* value = request.param("case");
  if (!value || *value == "smart") return query::Case::smart;
  if (*value == "ignore") return query::Case::ignore;
  if (*value == "exact") return query::Case::exact;
  throw HttpError(400, "case: '" + *value + "' is none of smart, ignore, exact");
}

query::FieldNames field_names(const AuthorizedIndex& index, Archive& archive) {
  query::FieldNames names;
  const auto fields = archive.fields(index);  // held: another request may replace them
  for (const FieldInfo& field : *fields) names.insert(field.name);
  return names;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const size_t comma = text.find(',');
    if (comma != 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return parts;
}

Node field_condition(const std::string& name, const std::string& value) {
  constexpr std::string_view kIn = "__in";
  if (!name.ends_with(kIn) || name.size() == kIn.size()) return query::equals(name, value);
  const std::string field = name.substr(0, name.size() - kIn.size());
  std::vector<Node> any;
  for (const std::string& one : split_list(value)) any.push_back(query::equals(field, one));
  if (any.empty()) throw HttpError(400, name + ": give at least one value");
  return query::any_of(std::move(any));
}

Node whole_query(const Request& request, const query::FieldNames& fields, const query::ParseOptions& options,
                 std::vector<std::string>& notes) {
  std::vector<Node> all;
  for (const auto& [name, value] : request.target.params) {
    if (name == "q" || name == "search") {
      query::Parsed parsed = query::parse(value, fields, options);
      for (std::string& note : parsed.notes) notes.push_back(std::move(note));
      if (parsed.node.kind != Node::Kind::everything) all.push_back(std::move(parsed.node));
    } else if (!reserved_params().contains(name)) {
      all.push_back(field_condition(name, value));
    }
  }
  return query::all_of(std::move(all));
}

void read_time_range(const Request& request, ScanRequest& scan) {
  const auto text = [&](const char* name, const char* old_name) -> std::string_view {
    const std::string* value = request.param(name);
    if (!value) value = request.param(old_name);
    return value ? std::string_view(*value) : std::string_view();
  };
  const TimeRange range = parse_time_range(text("since", "start_ts"), text("until", "end_ts"), zone_of(request), now());
  scan.since = range.since;
  scan.until = range.until;
}

// What the reader is told of the query, and what is highlighted.
void describe(const Node& node, Search& search) {
  search.canonical.clear();
  search.clauses.clear();
  search.patterns = query::marked_patterns(node);
  if (node.kind == Node::Kind::everything) return;
  search.canonical = query::canonical(node);
  if (node.kind == Node::Kind::and_)
    for (const Node& child : node.children) search.clauses.push_back(query::canonical(child));
  else
    search.clauses.push_back(search.canonical);
}

}  // namespace

TimeZone zone_of(const Request& request) {
  const std::string* name = request.param("tz");
  return name && !name->empty() ? TimeZone::named(*name) : TimeZone::local();
}

Search parse_search(const Request& request, const AuthorizedIndex& index, Archive& archive) {
  Search search;
  read_time_range(request, search.scan);
  search.scan.cancel = &request.cancel;
  const query::FieldNames fields = field_names(index, archive);
  query::ParseOptions options;
  options.letter_case = case_param(request);
  const Node node = whole_query(request, fields, options, search.notes);
  describe(node, search);
  if (node.kind != Node::Kind::everything) search.scan.query = std::make_shared<const Node>(node);
  if (const std::string* mark = request.param("mark"); mark && !mark->empty()) {
    query::Parsed marked = query::parse(*mark, fields, options);
    search.mark = std::make_shared<query::Evaluator>(marked.node);
    search.parser = std::make_shared<EventParser>();
    search.notes = std::move(marked.notes);
    describe(marked.node, search);
  }
  search.marks = std::make_shared<const Marks>(search.patterns);
  return search;
}

void write_query(JsonWriter& json, const Search& search) {
  json.begin_object();
  json.key("canonical").string(search.canonical);
  json.key("notes").strings(search.notes);
  json.key("patterns").begin_array();
  for (const query::Pattern& pattern : search.patterns) {
    json.begin_object();
    json.key("kind").string(pattern.kind == query::Pattern::Kind::regex ? "regex" : "literal");
    json.key("text").string(pattern.text);
    json.key("ignore_case").boolean(pattern.ignore_case);
    json.key("whole_word").boolean(pattern.whole_word);
    json.end_object();
  }
  json.end_array();
  json.key("clauses").strings(search.clauses);
  json.end_object();
}

void write_incomplete(JsonWriter& json, const Request& request, const std::vector<std::string>& reasons) {
  std::vector<std::string> all = reasons;
  if (request.late) all.push_back("the search was stopped: its time was over");
  json.key("complete").boolean(all.empty());
  json.key("incomplete").strings(all);
}

uint64_t number_param(const Request& request, std::string_view name, uint64_t otherwise, uint64_t least,
                      uint64_t most) {
  const std::string* text = request.param(name);
  if (!text || text->empty()) return otherwise;
  uint64_t value = 0;
  const char* end = text->data() + text->size();
  const auto [stop, failed] = std::from_chars(text->data(), end, value);
  if (failed != std::errc() || stop != end || value < least || value > most)
    throw HttpError(400, std::string(name) + ": '" + *text + "' is no number from " + std::to_string(least) + " to " +
                             std::to_string(most));
  return value;
}

std::vector<std::string> list_param(const Request& request, std::string_view name) {
  const std::string* text = request.param(name);
  return text ? split_list(*text) : std::vector<std::string>();
}

}  // namespace alco::http
