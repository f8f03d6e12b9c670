// The fields of an index and their values.
#include <algorithm>
#include <set>

#include "lib/http/api.h"
#include "lib/http/search.h"

namespace alco::http {
namespace {

constexpr size_t kMostColumns = 3;  // shown by default when the configuration names none
constexpr size_t kMostKnown = 1000;

const char* type_name(Type type) {
  switch (type) {
    case Type::null:
      return "null";
    case Type::boolean:
      return "boolean";
    case Type::integer:
      return "integer";
    case Type::big_unsigned:
      return "integer";
    case Type::real:
      return "number";
    case Type::string:
      return "string";
    case Type::raw:
      return "array";
    case Type::absent:
    case Type::object_begin:
    case Type::object_end:
      break;
  }
  return "object";
}

std::vector<std::string> default_columns(const IndexConfig& config, const std::vector<FieldInfo>& fields) {
  std::vector<std::string> columns;
  for (const auto& [name, column] : config.columns)
    if (name != "*" && column.display && !column.context && !column.excluded) columns.push_back(name);
  if (!columns.empty()) return columns;
  // Names that most people want to see.
  for (const char* name : {"host", "service", "app", "source", "process", "level", "levelname", "severity"}) {
    const bool there = std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.name == name; });
    if (there && columns.size() < kMostColumns) columns.push_back(name);
  }
  return columns;
}

void answer_fields(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::fields);
  const auto fields = api.archive.fields(index);
  JsonWriter json(response.body);
  json.begin_object().key("fields").begin_array();
  for (const FieldInfo& field : *fields) {
    const ColumnConfig column = index.config().column(field.name);
    std::vector<std::string> types;
    for (const Type type : field.types)
      if (types.empty() || types.back() != type_name(type)) types.push_back(type_name(type));
    json.begin_object();
    json.key("name").string(field.name);
    json.key("types").strings(types);
    json.key("events").number(field.events);
    json.key("display").boolean(column.display);
    json.key("filtered").boolean(column.filtered);
    json.key("context").boolean(column.context);
    json.end_object();
  }
  json.end_array();
  json.key("columns").strings(default_columns(index.config(), *fields));
  json.end_object();
}

void answer_values(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::fields);
  const Search search = parse_search(request, index, api.archive);
  const std::string& field = values[1];
  const uint64_t limit = number_param(request, "limit", 100, 1, 10'000);
  const TopValues top = index.reader().top(search.scan, field, limit);
  const Archive::KnownValues known = api.archive.known_values(index, field);
  JsonWriter json(response.body);
  json.begin_object().key("values").begin_array();
  std::set<std::string_view> hit;
  for (const ValueCount& value : top.values) {
    hit.insert(value.value);
    json.begin_object().key("value").string(value.value).key("count").number(value.count).end_object();
  }
  json.end_array();
  json.key("distinct").number(top.distinct);
  json.key("without").number(top.without);
  json.key("overflowed").boolean(known.overflowed);
  // Beyond `limit` it is not known which values have hits.
  json.key("known").begin_array();
  size_t listed = 0;
  if (top.distinct <= top.values.size())
    for (const std::string& value : known.values)
      if (!hit.contains(value) && listed++ < kMostKnown) json.string(value);
  json.end_array();
  write_incomplete(json, request, top.stats.incomplete);
  json.end_object();
}

}  // namespace

void add_field_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/fields/{index}/", answer_fields);
  add_query(router, api, "GET", "/api/fields/{index}/{field}/", answer_values);
}

}  // namespace alco::http
