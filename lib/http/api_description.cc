// The interface as an OpenAPI document. tests/alco-httpd.bats holds it against the answers.
#include <span>

#include "lib/http/api.h"
#include "lib/http/json_writer.h"

namespace alco::http {
namespace {

struct Param {
  const char *name, *type, *description;
};

struct Member {
  const char *name, *type;  // a type of JSON, or "any"
};

struct Endpoint {
  const char *path, *summary, *content;
  std::span<const Param> params;    // besides those of a search
  bool search;                      // takes those too
  std::span<const Member> members;  // of an answer in JSON; those of a result are in components
};

const Param kSearchParams[] = {
    {"q", "string", "Query, see alco-query(7); several must all hold"},
    {"search", "string", "The same as q"},
    {"since", "string", "From this time on: RFC 3339, 2026-11-20, 14:05, 15m (ago), now"},
    {"until", "string", "Before this time"},
    {"start_ts", "string", "The same as since"},
    {"end_ts", "string", "The same as until"},
    {"tz", "string", "Zone of times without one, such as Europe/Berlin"},
    {"case", "string", "smart, ignore or exact"},
};
const Param kGrepParams[] = {
    {"limit", "integer", "Events on a page, at most 10000"},
    {"order", "string", "asc or desc, by time"},
    {"cursor", "string", "Of an earlier answer"},
    {"around", "string", "In place of cursor: the id of the event that the page begins with"},
    {"cols", "string", "Members that js holds, with commas between"},
    {"mark", "string", "A query: match and spans are by this one"},
    {"A", "integer", "Lines behind each hit"},
    {"B", "integer", "Lines before each hit"},
    {"C", "integer", "Both"},
    {"within", "string", "In place of A and B: all lines so far away, such as 2s"},
    {"same", "string", "Only lines with the hit's values of these fields"},
};
const Param kHistogramParams[] = {
    {"buckets", "integer", "At most so many, of a round width"},
    {"split", "string", "A row for each value of this field"},
};
const Param kValueParams[] = {{"limit", "integer", "Values, the most frequent first"}};
const Param kTailParams[] = {
    {"after", "string", "The id of the event seen last; without it the tail begins now"},
    {"cols", "string", "Members that js holds"},
    {"mark", "string", "A query: match and spans are by this one"},
};
const Param kExportParams[] = {
    {"format", "string", "text, json or csv"},
    {"cols", "string", "Columns of text and csv"},
    {"order", "string", "asc or desc, by time"},
    {"limit", "integer", "At most so many events"},
};

const Member kIndexMembers[] = {{"indices", "array"}};
const Member kGrepMembers[] = {{"results", "array"}, {"next", "any"},         {"previous", "any"},
                               {"query", "object"},  {"complete", "boolean"}, {"incomplete", "array"}};
const Member kContextMembers[] = {{"results", "array"}, {"complete", "boolean"}, {"incomplete", "array"}};
const Member kEventMembers[] = {{"id", "string"}, {"datetime", "string"}, {"event", "object"}};
const Member kCountMembers[] = {{"count", "integer"}, {"events", "integer"},   {"days", "integer"},
                                {"query", "object"},  {"complete", "boolean"}, {"incomplete", "array"}};
const Member kHistogramMembers[] = {{"origin", "string"},   {"width_ms", "integer"}, {"buckets", "integer"},
                                    {"counts", "object"},   {"total", "integer"},    {"complete", "boolean"},
                                    {"incomplete", "array"}};
const Member kFieldMembers[] = {{"fields", "array"}, {"columns", "array"}};
const Member kValueMembers[] = {{"values", "array"},       {"distinct", "integer"}, {"without", "integer"},
                                {"overflowed", "boolean"}, {"known", "array"},      {"complete", "boolean"},
                                {"incomplete", "array"}};
const Member kResultMembers[] = {{"id", "string"},     {"datetime", "string"},        {"logline", "string"},
                                 {"spans", "array"},   {"logline_snippet", "string"}, {"js", "object"},
                                 {"match", "boolean"}, {"cursor", "string"}};

constexpr const char* kJson = "application/json";
constexpr const char* kText = "text/plain";

const Endpoint kEndpoints[] = {
    {"/api/collector/indices/", "The indexes", kJson, {}, false, kIndexMembers},
    {"/api/grep/{index}/", "A page of events", kJson, kGrepParams, true, kGrepMembers},
    {"/api/event/{index}/{id}/", "One whole event", kJson, {}, false, kEventMembers},
    {"/api/context/{index}/{id}/", "The events around one", kJson, kGrepParams, true, kContextMembers},
    {"/api/count/{index}/", "How many events", kJson, {}, true, kCountMembers},
    {"/api/histogram/{index}/", "How many events over time", kJson, kHistogramParams, true, kHistogramMembers},
    {"/api/fields/{index}/", "The fields of an index", kJson, {}, false, kFieldMembers},
    {"/api/fields/{index}/{field}/", "The values of a field", kJson, kValueParams, true, kValueMembers},
    {"/api/tail/{index}/", "What arrives, as server-sent events", "text/event-stream", kTailParams, true, {}},
    {"/api/export/{index}/", "Everything that is found, as a file", kText, kExportParams, true, {}},
    {"/api/", "This document", kJson, {}, false, {}},
    {"/collector/sphinx.conf", "What alco-sphinxconf prints", kText, {}, false, {}},
    {"/metrics", "Figures for Prometheus", kText, {}, false, {}},
    {"/healthz", "ok", kText, {}, false, {}},
};

void write_param(JsonWriter& json, const Param& param, const char* place) {
  json.begin_object().key("name").string(param.name).key("in").string(place);
  if (std::string_view(place) == "path") json.key("required").boolean(true);
  json.key("description").string(param.description);
  json.key("schema").begin_object().key("type").string(param.type).end_object().end_object();
}

void write_params(JsonWriter& json, const Endpoint& endpoint) {
  static const Param in_path[] = {{"index", "string", "Name of an index"},
                                  {"id", "string", "Id of an event"},
                                  {"field", "string", "Dotted path of a field"}};
  json.key("parameters").begin_array();
  for (const Param& param : in_path)
    if (std::string_view(endpoint.path).find("{" + std::string(param.name) + "}") != std::string_view::npos)
      write_param(json, param, "path");
  if (endpoint.search)
    for (const Param& param : kSearchParams) write_param(json, param, "query");
  for (const Param& param : endpoint.params) write_param(json, param, "query");
  json.end_array();
}

void write_object_schema(JsonWriter& json, std::span<const Member> members) {
  json.begin_object().key("type").string("object");
  json.key("required").begin_array();
  for (const Member& member : members) json.string(member.name);
  json.end_array().key("properties").begin_object();
  for (const Member& member : members) {
    const std::string_view type = member.type;
    json.key(member.name).begin_object();
    if (type != "any") json.key("type").string(type);
    if (std::string_view(member.name) == "results")
      json.key("items").begin_object().key("$ref").string("#/components/schemas/result").end_object();
    else if (type == "array")
      json.key("items").begin_object().end_object();
    json.end_object();
  }
  json.end_object().end_object();
}

void write_endpoint(JsonWriter& json, const Endpoint& endpoint) {
  json.key(endpoint.path).begin_object().key("get").begin_object();
  json.key("summary").string(endpoint.summary);
  write_params(json, endpoint);
  json.key("responses").begin_object();
  json.key("200").begin_object().key("description").string(endpoint.summary);
  json.key("content").begin_object().key(endpoint.content).begin_object().key("schema");
  if (std::string_view(endpoint.content) == kJson)
    write_object_schema(json, endpoint.members);
  else
    json.begin_object().key("type").string("string").end_object();
  json.end_object().end_object().end_object();
  json.key("default").begin_object().key("$ref").string("#/components/responses/error").end_object();
  json.end_object().end_object().end_object();
}

std::string describe() {
  static const Member error[] = {{"error", "string"}};
  std::string text;
  JsonWriter json(text);
  json.begin_object().key("openapi").string("3.0.3");
  json.key("info").begin_object().key("title").string("ALCO").key("version").string("1");
  json.key("description")
      .string(
          "Reads logs. Parameters of a search that are not listed are conditions on fields: field=value, "
          "field__in=a,b.");
  json.end_object();
  json.key("paths").begin_object();
  for (const Endpoint& endpoint : kEndpoints) write_endpoint(json, endpoint);
  json.end_object();
  json.key("components").begin_object();
  json.key("schemas").begin_object().key("result");
  write_object_schema(json, kResultMembers);
  json.end_object();
  json.key("responses").begin_object().key("error").begin_object();
  json.key("description").string("What is wrong, as a sentence");
  json.key("content").begin_object().key(kJson).begin_object().key("schema");
  write_object_schema(json, error);
  json.end_object().end_object().end_object().end_object();
  json.end_object().end_object();
  return text;
}

}  // namespace

void add_description_routes(Router& router) {
  router.add("GET", "/api/", Lane::light,
             [](const Request&, const PathValues&, Response& response) { response.body = describe(); });
}

}  // namespace alco::http
