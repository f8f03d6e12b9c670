#include "lib/http/results.h"

#include <algorithm>

#include "lib/http/cursor.h"
#include "lib/http/json_members.h"
#include "lib/timestamp.h"

namespace alco::http {
namespace {

constexpr size_t kExcerptBytes = 300;

std::string_view cut(std::string_view text, bool& was_cut) {
  if (text.size() <= kMemberBytes) return text;
  was_cut = true;
  size_t end = kMemberBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// A JSON string that is too long, cut behind a whole character or escape.
std::string cut_string(std::string_view json) {
  size_t at = 1;
  while (at < kMemberBytes) {
    size_t next = at + 1;
    if (json[at] == '\\') next = at + (json[at + 1] == 'u' ? 6 : 2);
    while (next < json.size() && (static_cast<unsigned char>(json[next]) & 0xc0) == 0x80) ++next;
    at = next;
  }
  return std::string(json.substr(0, at)) + '"';
}

void append_all_members(JsonWriter& json, std::string_view event, bool& was_cut) {
  json.begin_object();
  JsonMembers members(event);
  JsonMembers::Member member;
  while (members.next(member)) {
    const bool text = member.value.starts_with('"');
    if (member.key == "\"@timestamp\"" || (member.key == "\"message\"" && text)) continue;
    json.raw_key(member.key);
    if (member.value.size() <= kMemberBytes) {
      json.raw(member.value);
    } else if (text) {
      was_cut = true;
      json.raw(cut_string(member.value));
    } else {
      json.string(cut(member.value, was_cut));
    }
  }
  json.end_object();
}

void append_value(JsonWriter& json, const FieldValue& value, bool& was_cut) {
  if (value.type == Type::string || value.text.size() > kMemberBytes)
    json.string(cut(value.text, was_cut));
  else
    json.raw(value.text);
}

// Columns [begin, end), sorted by name, whose names share the first `prefix` bytes, as one nested object.
void append_columns(JsonWriter& json, const std::vector<std::pair<std::string_view, const FieldValue*>>& columns,
                    size_t begin, size_t end, size_t prefix, bool& was_cut) {
  json.begin_object();
  while (begin < end) {
    const std::string_view name = columns[begin].first.substr(prefix);
    const size_t dot = name.find('.');
    if (dot == std::string_view::npos) {
      json.key(name);
      append_value(json, *columns[begin].second, was_cut);
      ++begin;
      continue;
    }
    const std::string_view group = columns[begin].first.substr(0, prefix + dot + 1);
    size_t group_end = begin;
    while (group_end < end && columns[group_end].first.starts_with(group)) ++group_end;
    json.key(name.substr(0, dot));
    append_columns(json, columns, begin, group_end, prefix + dot + 1, was_cut);
    begin = group_end;
  }
  json.end_object();
}

void append_chosen(JsonWriter& json, const Hit& hit, const ResultShape& shape, bool& was_cut) {
  std::vector<std::pair<std::string_view, const FieldValue*>> columns;
  for (size_t i = 0; i < shape.columns.size() && i < hit.columns.size(); ++i)
    if (hit.columns[i].type != Type::absent) columns.emplace_back(shape.columns[i], &hit.columns[i]);
  std::sort(columns.begin(), columns.end());
  append_columns(json, columns, 0, columns.size(), 0, was_cut);
}

void append_spans(JsonWriter& json, std::string_view line, std::vector<std::pair<size_t, size_t>> spans) {
  to_utf16(line, spans);
  json.begin_array();
  for (const auto& [begin, end] : spans) json.begin_array().number(uint64_t{begin}).number(uint64_t{end}).end_array();
  json.end_array();
}

}  // namespace

ResultShape::ResultShape(const Request& request) : only_columns(request.param("cols") != nullptr) {
  for (std::string& name : list_param(request, "cols"))
    if (name != "message" && name != "@timestamp" && std::find(columns.begin(), columns.end(), name) == columns.end())
      columns.push_back(std::move(name));
}

void ResultShape::prepare(ScanRequest& scan, const Search& search) const {
  scan.columns = columns;
  scan.message = true;
  scan.json = !only_columns || search.mark;
}

void append_result(std::string& out, const Hit& hit, const ResultShape& shape, Search& search,
                   const ResultExtras& extras) {
  bool was_cut = false;
  const std::string_view line = cut(hit.message.value_or(std::string_view()), was_cut);
  bool match = extras.match;
  if (search.mark) match = search.mark->matches(search.parser->parse(hit.json, hit.at.time));
  std::vector<std::pair<size_t, size_t>> spans;
  if (match) spans = search.marks->find(line);
  JsonWriter json(out);
  json.begin_object();
  json.key("id").string(std::to_string(hit.at.id));
  json.key("datetime").string(to_rfc3339(hit.at.time));
  json.key("logline").string(line);
  json.key("spans");
  append_spans(json, line, spans);
  json.key("logline_snippet").string(excerpt(line, spans, kExcerptBytes));
  json.key("js");
  if (shape.only_columns)
    append_chosen(json, hit, shape, was_cut);
  else
    append_all_members(json, hit.json, was_cut);
  json.key("match").boolean(match);
  if (extras.anchor) json.key("anchor").boolean(true);
  if (was_cut) json.key("cut").boolean(true);
  json.key("cursor").string(to_text(Cursor{hit.at, false}));
  json.end_object();
}

}  // namespace alco::http
