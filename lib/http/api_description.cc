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
  const char *name, *type;      // a type of JSON, or "any"
  const char* items = nullptr;  // of an array: their schema in components
  bool optional = false;
};

struct Endpoint {
  const char *path, *summary, *content;
  std::span<const Param> params;    // besides those of a search
  bool search;                      // takes those too
  std::span<const Member> members;  // of an answer in JSON; those of a result are in components
  const char* method = "get";
  std::span<const Member> body = {};  // of a request
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
    {"ticket", "string", "16 to 64 random letters and digits, for /api/progress/"},
    {"A", "integer", "Lines behind each hit"},
    {"B", "integer", "Lines before each hit"},
    {"C", "integer", "Both"},
    {"within", "string", "In place of A and B: all lines so far away, such as 2s"},
    {"same", "string", "Only lines with the hit's values of these fields"},
};
const Param kHistogramParams[] = {
    {"buckets", "integer", "At most so many, of a round width"},
    {"split", "string", "A row for each value of this field"},
    {"ticket", "string", "For /api/progress/"},
};
const Param kValueParams[] = {{"limit", "integer", "Values, the most frequent first"}};
const Param kTailParams[] = {
    {"after", "string", "The id of the event seen last; without it the tail begins now"},
    {"cols", "string", "Members that js holds"},
    {"mark", "string", "A query: match and spans are by this one"},
};
const Param kExportParams[] = {
    {"format", "string", "text, json or csv"},   {"cols", "string", "Columns of text and csv"},
    {"order", "string", "asc or desc, by time"}, {"limit", "integer", "At most so many events"},
    {"ticket", "string", "For /api/progress/"},
};

const Member kIndexMembers[] = {{"indices", "array", "index"}};
const Member kGrepMembers[] = {
    {"results", "array", "result"}, {"next", "any"},        {"previous", "any"}, {"query", "object"},
    {"complete", "boolean"},        {"incomplete", "array"}};
const Member kContextMembers[] = {{"results", "array", "result"}, {"complete", "boolean"}, {"incomplete", "array"}};
const Member kEventMembers[] = {{"id", "string"}, {"datetime", "string"}, {"event", "object"}};
const Member kCountMembers[] = {{"count", "integer"}, {"events", "integer"},   {"days", "integer"},
                                {"query", "object"},  {"complete", "boolean"}, {"incomplete", "array"}};
const Member kHistogramMembers[] = {{"origin", "string"},   {"width_ms", "integer"}, {"buckets", "integer"},
                                    {"counts", "object"},   {"total", "integer"},    {"complete", "boolean"},
                                    {"incomplete", "array"}};
const Member kFieldMembers[] = {{"fields", "array", "field"}, {"columns", "array"}};
const Member kValueMembers[] = {{"values", "array", "value"}, {"distinct", "integer"}, {"without", "integer"},
                                {"overflowed", "boolean"},    {"known", "array"},      {"complete", "boolean"},
                                {"incomplete", "array"}};
const Member kSavedMembers[] = {{"searches", "array", "saved"}, {"may_save", "boolean"}};
const Member kGapMembers[] = {{"gaps", "array", "gap"}};
const Member kProgressMembers[] = {
    {"state", "string"}, {"share", "number"}, {"events", "integer"}, {"bytes", "integer"}};
const Member kResultMembers[] = {{"id", "string"},
                                 {"datetime", "string"},
                                 {"logline", "string"},
                                 {"spans", "array"},
                                 {"logline_snippet", "string"},
                                 {"js", "object"},
                                 {"match", "boolean"},
                                 {"cursor", "string"},
                                 {"cut", "boolean", nullptr, true},
                                 {"group", "integer", nullptr, true},
                                 {"anchor", "boolean", nullptr, true}};
const Member kIndexItem[] = {{"name", "string"},      {"events", "integer"},   {"bytes", "integer"},
                             {"oldest", "any"},       {"newest", "any"},       {"last_minutes", "array"},
                             {"days", "array"},       {"shortcuts", "object"}, {"saved", "array", "saved"},
                             {"rejected", "integer"}, {"problems", "array"}};
const Member kFieldItem[] = {{"name", "string"},     {"types", "array"},      {"events", "integer"},
                             {"display", "boolean"}, {"filtered", "boolean"}, {"context", "boolean"}};
const Member kValueItem[] = {{"value", "string"}, {"count", "integer"}};
const Member kSavedItem[] = {{"name", "string"}, {"link", "string"}, {"by", "string"}, {"at", "string"}};
const Member kGapItem[] = {{"kind", "string"},
                           {"since", "string"},
                           {"until", "string"},
                           {"open", "boolean", nullptr, true},
                           {"lines", "integer", nullptr, true},
                           {"reason", "string", nullptr, true}};
const Member kSaveBody[] = {{"name", "string"}, {"link", "string"}};

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
    {"/api/gaps/{index}/",
     "What the index lacks: days rotated away, collecting down, lines rejected",
     kJson,
     {},
     false,
     kGapMembers},
    {"/api/saved/{index}/", "Searches saved for everyone", kJson, {}, false, kSavedMembers},
    {"/api/saved/{index}/",
     "Save a search, or replace the one of that name",
     kJson,
     {},
     false,
     kSavedMembers,
     "post",
     kSaveBody},
    {"/api/saved/{index}/{name}/", "Delete a saved search", kJson, {}, false, kSavedMembers, "delete"},
    {"/api/progress/{ticket}/", "How far a request that sent this ticket has come", kJson, {}, false, kProgressMembers},
    {"/api/progress/{ticket}/",
     "Break off the export that sent this ticket",
     kJson,
     {},
     false,
     kProgressMembers,
     "delete"},
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
                                  {"field", "string", "Dotted path of a field"},
                                  {"name", "string", "Name of a saved search"},
                                  {"ticket", "string", "What the request sent as ticket"}};
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
  for (const Member& member : members)
    if (!member.optional) json.string(member.name);
  json.end_array().key("properties").begin_object();
  for (const Member& member : members) {
    const std::string_view type = member.type;
    json.key(member.name).begin_object();
    if (type != "any") json.key("type").string(type);
    if (type == "array") {
      json.key("items").begin_object();
      if (member.items) json.key("$ref").string(std::string("#/components/schemas/") + member.items);
      json.end_object();
    }
    json.end_object();
  }
  json.end_object().end_object();
}

void write_endpoint(JsonWriter& json, const Endpoint& endpoint) {
  json.key(endpoint.method).begin_object();
  json.key("summary").string(endpoint.summary);
  write_params(json, endpoint);
  if (!endpoint.body.empty()) {
    json.key("requestBody").begin_object().key("required").boolean(true);
    json.key("content").begin_object().key(kJson).begin_object().key("schema");
    write_object_schema(json, endpoint.body);
    json.end_object().end_object().end_object();
  }
  json.key("responses").begin_object();
  json.key("200").begin_object().key("description").string(endpoint.summary);
  json.key("content").begin_object().key(endpoint.content).begin_object().key("schema");
  if (std::string_view(endpoint.content) == kJson)
    write_object_schema(json, endpoint.members);
  else
    json.begin_object().key("type").string("string").end_object();
  json.end_object().end_object().end_object();
  json.key("default").begin_object().key("$ref").string("#/components/responses/error").end_object();
  json.end_object().end_object();
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
  const char* path = "";
  for (const Endpoint& endpoint : kEndpoints) {
    if (std::string_view(endpoint.path) != path) {
      if (*path) json.end_object();
      json.key(path = endpoint.path).begin_object();
    }
    write_endpoint(json, endpoint);
  }
  json.end_object();
  json.end_object();
  json.key("components").begin_object();
  json.key("schemas").begin_object();
  const std::pair<const char*, std::span<const Member>> schemas[] = {{"result", kResultMembers}, {"index", kIndexItem},
                                                                     {"field", kFieldItem},      {"value", kValueItem},
                                                                     {"saved", kSavedItem},      {"gap", kGapItem}};
  for (const auto& [name, members] : schemas) {
    json.key(name);
    write_object_schema(json, members);
  }
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
