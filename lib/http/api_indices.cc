// The list of indexes.
#include <algorithm>

#include "lib/delivery/collecting.h"
#include "lib/delivery/rejected_file.h"
#include "lib/http/api.h"
#include "lib/http/search.h"

namespace alco::http {
namespace {

constexpr size_t kMinutes = 5;
constexpr Nanoseconds kQuiet = 600 * kSecond;  // without an event, worth a word

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

std::string age(Nanoseconds span) {
  const auto minutes = span / (60 * kSecond);
  if (minutes < 90) return std::to_string(minutes) + " min";
  return minutes < 48 * 60 ? std::to_string(minutes / 60) + " h" : std::to_string(minutes / (24 * 60)) + " d";
}

// What hinders collecting. An index that nothing collects by itself may be as old as it likes.
void write_problems(JsonWriter& json, const Api& api, const AuthorizedIndex& index, const Summary& summary) {
  const Config& config = api.config;
  const uint64_t rejected = api.rejected.of(rejected_path(config.store, config.sphinx.data_dir, index.name())).lines;
  const auto last = last_collected(collecting_folder(config.store, config.sphinx.data_dir), index.name());
  json.key("rejected").number(rejected);
  json.key("problems").begin_array();
  if (last && now() - *last > kCollectorGone)
    json.string("nothing collects this index: alco-consume was last at work " + age(now() - *last) + " ago");
  else if (last && summary.events > 0 && now() - summary.newest.time > kQuiet)
    json.string("no event for " + age(now() - summary.newest.time) + ", though alco-consume is at work");
  if (rejected > 0)
    json.string(std::to_string(rejected) + (rejected == 1 ? " line" : " lines") +
                " could not be stored: the file 'rejected' of this index tells why");
  json.end_array();
}

void write_index(JsonWriter& json, const Api& api, const Request& request, const AuthorizedIndex& index) {
  const Summary summary = index.reader().summary(&request.cancel);
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
  json.key("saved");
  write_saved(json, api, index);
  write_problems(json, api, index, summary);
  json.end_object();
}

}  // namespace

void add_index_routes(Router& router, const Api& api) {
  router.add("GET", "/api/collector/indices/", Lane::query,
             [&api](const Request& request, const PathValues&, Response& response) {
               JsonWriter json(response.body);
               json.begin_object().key("indices").begin_array();
               for (const AuthorizedIndex& index : api.archive.all(request, Right::read))
                 write_index(json, api, request, index);
               json.end_array().end_object();
             });
}

}  // namespace alco::http
