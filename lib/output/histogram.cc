#include <algorithm>

#include "lib/error.h"
#include "lib/output/answer.h"
#include "lib/output/value_table.h"

namespace alco::output {
namespace {

constexpr size_t kAboutBuckets = 60;
constexpr size_t kMaxBuckets = 100'000;

Nanoseconds round_width(Nanoseconds span) {
  constexpr Nanoseconds kMinute = 60 * kSecond, kHour = 60 * kMinute;
  for (const Nanoseconds width :
       {kSecond, 2 * kSecond, 5 * kSecond, 10 * kSecond, 30 * kSecond, kMinute, 2 * kMinute, 5 * kMinute, 10 * kMinute,
        30 * kMinute, kHour, 2 * kHour, 3 * kHour, 6 * kHour, 12 * kHour, kDay, 2 * kDay, 7 * kDay, 30 * kDay})
    if (span / width < static_cast<Nanoseconds>(kAboutBuckets)) return width;
  return 365 * kDay;
}

// The wall clock's multiple of `width` at or before `time`.
Nanoseconds align(Nanoseconds time, Nanoseconds width, const TimeZone& zone) {
  const Nanoseconds offset = zone.offset_at(time) * kSecond;
  const Nanoseconds wall = time + offset;
  const Nanoseconds rest = ((wall % width) + width) % width;
  return time - rest;
}

std::string label(Nanoseconds time, Nanoseconds width, const TimeZone& zone, bool people) {
  std::string text;
  if (!people) {
    append_rfc3339(text, time, zone);
    return text;
  }
  append_wall(text, time, zone);
  text.resize(width % kDay == 0 ? 10 : width % (60 * kSecond) == 0 ? 16 : width % kSecond == 0 ? 19 : 23);
  return text;
}

}  // namespace

Answer print_histogram(const QueryOptions& options, Search& search, Sink& sink) {
  ScanRequest request = search.request();
  const Summary summary = search.reader->summary();
  if (summary.events == 0) return {};
  const Nanoseconds from = std::max(request.since, summary.oldest.time);
  const Nanoseconds to =
      request.until == kMaxTime ? summary.newest.time + 1 : std::min(request.until, summary.newest.time + 1);
  if (to <= from) return {};
  const std::string& given = options.histogram;
  const Nanoseconds width = given == "auto" ? round_width(to - from) : parse_duration(given, "--hist");
  if (width < 1'000'000) throw Error(EX_USAGE, "--hist " + given + ": the width must be at least 1ms");
  const Nanoseconds origin = align(from, width, search.zone);
  const auto buckets = static_cast<size_t>((to - origin + width - 1) / width);
  if (buckets > kMaxBuckets)
    throw Error(EX_USAGE, "--hist " + given + ": that makes " + std::to_string(buckets) +
                              " lines; give a larger width, or a range with --since and --until");
  request.since = from;
  request.until = to;
  request.cancel = sink.cancel();
  request.progress = sink.progress();
  const Histogram histogram = search.reader->histogram(request, origin, width, buckets, "");
  std::vector<uint64_t> counts(buckets);
  for (const auto& [value, series] : histogram.counts)
    for (size_t i = 0; i < std::min(buckets, series.size()); ++i) counts[i] += series[i];
  Answer answer{0, histogram.stats};
  ValueTable table;
  table.name_head = "@timestamp";
  table.name_first = true;
  for (size_t i = 0; i < buckets; ++i) {
    answer.found += counts[i];
    const Nanoseconds start = origin + static_cast<Nanoseconds>(i) * width;
    table.rows.push_back({label(start, width, search.zone, sink.terminal()), counts[i]});
  }
  if (answer.found > 0 && !*sink.cancel())
    print_table(table, options.format, wants_colour(*colour_named(options.colour), sink.terminal()), sink);
  return answer;
}

}  // namespace alco::output
