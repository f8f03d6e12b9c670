// The list of indexes.
#include <algorithm>

#include "lib/delivery/rejected_file.h"
#include "lib/http/api.h"
#include "lib/http/rejected_count.h"
#include "lib/http/search.h"

namespace alco::http {
namespace {

constexpr size_t kMinutes = 5;

void write_shortcuts(JsonWriter& json, const IndexConfig& config) {
  json.key("shortcuts").begin_object();
  for (const auto& [name, shortcut] : config.shortcuts) {
    json.key(name).begin_object();
    json.key("description").string(shortcut.description);
    json.key("query").string(shortcut.query);
    json.key("columns").strings(shortcut.columns);
    json.end_object();
  }
  json.end_object();
}

void write_last_minutes(JsonWriter& json, const Request& request, Reader& reader) {
  ScanRequest scan;
  scan.until = now();
  scan.since = scan.until - static_cast<Nanoseconds>(kMinutes) * 60 * kSecond;
  scan.cancel = &request.cancel;
  const Histogram minutes = reader.histogram(scan, scan.since, 60 * kSecond, kMinutes, "");
  std::vector<uint64_t> counts(kMinutes, 0);
  for (const auto& [value, buckets] : minutes.counts)
    for (size_t i = 0; i < std::min(buckets.size(), kMinutes); ++i) counts[i] += buckets[i];
  json.key("last_minutes").begin_array();
  for (const uint64_t count : counts) json.number(count);
  json.end_array();
}

void write_problems(JsonWriter& json, uint64_t rejected) {
  json.key("rejected").number(rejected);
  json.key("problems").begin_array();
  if (rejected > 0)
    json.string(std::to_string(rejected) + (rejected == 1 ? " line" : " lines") +
                " could not be stored: the file 'rejected' of this index tells why");
  json.end_array();
}

void write_index(JsonWriter& json, const Request& request, const AuthorizedIndex& index, uint64_t rejected) {
  const Summary summary = index.reader().summary();
  json.begin_object();
  json.key("name").string(index.name().str());
  json.key("events").number(summary.events);
  json.key("bytes").number(summary.bytes);
  for (const auto& [name, position] : {std::pair("oldest", summary.oldest), std::pair("newest", summary.newest)}) {
    json.key(name);
    if (summary.events > 0)
      json.string(to_rfc3339(position.time));
    else
      json.null();
  }
  write_last_minutes(json, request, index.reader());
  json.key("days").begin_array();
  for (const auto& [day, events] : summary.days) json.begin_array().string(day).number(events).end_array();
  json.end_array();
  write_shortcuts(json, index.config());
  write_problems(json, rejected);
  json.end_object();
}

}  // namespace

void add_index_routes(Router& router, const Api& api) {
  const auto rejected = std::make_shared<RejectedCount>();
  router.add("GET", "/api/collector/indices/", Lane::query,
             [&api, rejected](const Request& request, const PathValues&, Response& response) {
               JsonWriter json(response.body);
               json.begin_object().key("indices").begin_array();
               for (const AuthorizedIndex& index : api.archive.all(request.principal, Right::read))
                 write_index(json, request, index,
                             rejected->of(rejected_path(api.config.store, api.config.sphinx.data_dir, index.name())));
               json.end_array().end_object();
             });
}

}  // namespace alco::http
