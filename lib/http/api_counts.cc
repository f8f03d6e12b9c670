// How many: one number, or over time.
#include <algorithm>
#include <map>

#include "lib/http/api.h"
#include "lib/http/search.h"

namespace alco::http {
namespace {

constexpr uint64_t kMostBuckets = 2000;
constexpr size_t kMostSplit = 24;  // values of the split field with a row of their own

// The least round width that covers `span` with `buckets` of them.
Nanoseconds round_width(Nanoseconds span, uint64_t buckets) {
  constexpr Nanoseconds kMilli = kSecond / 1000;
  constexpr Nanoseconds kMinute = 60 * kSecond, kHour = 60 * kMinute;
  static const Nanoseconds widths[] = {
      kMilli,       2 * kMilli,  5 * kMilli,   10 * kMilli,  20 * kMilli,  50 * kMilli,  100 * kMilli, 200 * kMilli,
      500 * kMilli, kSecond,     2 * kSecond,  5 * kSecond,  10 * kSecond, 15 * kSecond, 30 * kSecond, kMinute,
      2 * kMinute,  5 * kMinute, 10 * kMinute, 15 * kMinute, 30 * kMinute, kHour,        2 * kHour,    3 * kHour,
      6 * kHour,    12 * kHour,  kDay,         2 * kDay,     7 * kDay,     14 * kDay,    28 * kDay};
  for (const Nanoseconds width : widths)
    if (span / width < static_cast<Nanoseconds>(buckets)) return width;
  return (span / static_cast<Nanoseconds>(buckets) / (28 * kDay) + 1) * 28 * kDay;
}

Nanoseconds floor_to(Nanoseconds time, Nanoseconds width) {
  const Nanoseconds rest = time % width;
  return time - (rest < 0 ? rest + width : rest);
}

uint64_t sum(const std::vector<uint64_t>& counts) {
  uint64_t total = 0;
  for (const uint64_t count : counts) total += count;
  return total;
}

// Rows beyond the most frequent ones, added up in one of name "…".
void fold_rare_values(Histogram& histogram) {
  if (histogram.counts.size() <= kMostSplit) return;
  std::vector<std::pair<uint64_t, std::string>> order;
  for (const auto& [value, counts] : histogram.counts) order.emplace_back(sum(counts), value);
  std::sort(order.rbegin(), order.rend());
  std::vector<uint64_t> rest;
  for (size_t i = kMostSplit; i < order.size(); ++i) {
    const auto& counts = histogram.counts[order[i].second];
    rest.resize(std::max(rest.size(), counts.size()));
    for (size_t j = 0; j < counts.size(); ++j) rest[j] += counts[j];
    histogram.counts.erase(order[i].second);
  }
  auto& folded = histogram.counts["…"];
  folded.resize(std::max(folded.size(), rest.size()));
  for (size_t j = 0; j < rest.size(); ++j) folded[j] += rest[j];
}

void answer_histogram(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  Search search = parse_search(request, index, api.archive);
  const uint64_t wanted = number_param(request, "buckets", 120, 1, kMostBuckets);
  const std::string* split = request.param("split");
  // An open end is where the events end; an end in the future is kept: the reader asked for that axis.
  const Summary summary = index.reader().summary(&request.cancel);
  Nanoseconds since = search.scan.since, until = search.scan.until;
  if (since == kMinTime) since = summary.events > 0 ? summary.oldest.time : now();
  if (until == kMaxTime) until = std::max(since, summary.events > 0 ? summary.newest.time : now()) + 1;
  until = std::max(until, since + 1);
  const Nanoseconds width = round_width(until - since, wanted);
  const Nanoseconds origin = floor_to(since, width);
  const auto buckets = static_cast<uint64_t>((until - 1 - origin) / width + 1);
  const auto progress = api.progress.begin(request);
  search.scan.progress = &progress->share;
  Histogram histogram = index.reader().histogram(search.scan, origin, width, buckets, split ? *split : "");
  uint64_t total = 0;
  for (auto& [value, counts] : histogram.counts) total += sum(counts);
  fold_rare_values(histogram);
  JsonWriter json(response.body);
  json.begin_object();
  json.key("origin").string(to_rfc3339(origin));
  json.key("width_ms").number(width / 1'000'000);
  json.key("buckets").number(buckets);
  json.key("counts").begin_object();
  for (auto& [value, counts] : histogram.counts) {
    counts.resize(buckets);
    json.key(value).begin_array();
    for (const uint64_t count : counts) json.number(count);
    json.end_array();
  }
  json.end_object();
  json.key("total").number(total);
  write_incomplete(json, request, histogram.stats.incomplete);
  json.end_object();
}

void answer_count(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  const Search search = parse_search(request, index, api.archive);
  const Summary summary = index.reader().summary(&request.cancel);
  const CountResult result = index.reader().count(search.scan);
  ScanRequest everything;
  everything.since = search.scan.since;
  everything.until = search.scan.until;
  everything.cancel = search.scan.cancel;
  const bool open_range = everything.since == kMinTime && everything.until == kMaxTime;
  uint64_t events = open_range ? summary.events : result.count;
  if (!open_range && search.scan.query) events = index.reader().count(everything).count;
  uint64_t days = 0;
  for (const auto& [name, count] : summary.days) {
    const auto day = parse_day_name(name);
    if (!day) continue;
    const Nanoseconds begin = *day * kDay;
    if (begin + kDay > search.scan.since && begin < search.scan.until) ++days;
  }
  JsonWriter json(response.body);
  json.begin_object();
  json.key("count").number(result.count);
  json.key("events").number(events);
  json.key("days").number(days);
  json.key("query");
  write_query(json, search);
  write_incomplete(json, request, result.stats.incomplete);
  json.end_object();
}

}  // namespace

void add_count_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/count/{index}/", answer_count);
  add_query(router, api, "GET", "/api/histogram/{index}/", answer_histogram);
}

}  // namespace alco::http
