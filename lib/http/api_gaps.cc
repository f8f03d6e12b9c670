// What an index lacks, so that the page can say so in its place.
#include "lib/delivery/collecting.h"
#include "lib/delivery/rejected_file.h"
#include "lib/http/api.h"
#include "lib/http/json_writer.h"

namespace alco::http {
namespace {

void write_gap(JsonWriter& json, const char* kind, Nanoseconds since, Nanoseconds until) {
  json.begin_object();
  json.key("kind").string(kind);
  json.key("since").string(to_rfc3339(since));
  json.key("until").string(to_rfc3339(until));
}

void answer_gaps(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  const Config& config = api.config;
  const std::string folder = collecting_folder(config.store, config.sphinx.data_dir);
  JsonWriter json(response.body);
  json.begin_object().key("gaps").begin_array();
  for (const Gap& gap : read_gaps(real_disk(), folder, index.name())) {
    write_gap(json, gap.kind == Gap::Kind::down ? "down" : "rotated", gap.since, gap.until);
    json.end_object();
  }
  if (const auto last = last_collected(folder, index.name()); last && now() - *last > kCollectorGone) {
    write_gap(json, "down", *last, now());
    json.key("open").boolean(true);
    json.end_object();
  }
  for (const Rejections& group :
       api.rejected.of(rejected_path(config.store, config.sphinx.data_dir, index.name())).groups) {
    write_gap(json, "rejected", group.since, group.until);
    json.key("lines").number(group.lines);
    json.key("reason").string(group.reason);
    json.end_object();
  }
  json.end_array().end_object();
}

}  // namespace

void add_gap_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/gaps/{index}/", answer_gaps);
}

}  // namespace alco::http
