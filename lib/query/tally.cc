#include "lib/query/tally.h"

#include <algorithm>
#include <unordered_map>

namespace alco::query {
namespace {

// The whole answer with at most one column.
ScanRequest all_of(const ScanRequest& request, const std::optional<std::string>& column) {
  ScanRequest all = request;
  all.order = Order::oldest_first;
  all.after.reset();
  all.limit = std::numeric_limits<uint64_t>::max();
  all.columns.clear();
  if (column && column != "message") all.columns.push_back(*column);
  all.message = column == "message";
  all.json = false;
  return all;
}

std::optional<std::string_view> value_of(const Hit& hit) {
  if (hit.columns.empty()) return hit.message;
  return hit.columns[0].type == Type::absent ? std::nullopt : std::optional(hit.columns[0].text);
}

}  // namespace

Error too_many_values(const std::string& field) {
  return Error(EX_USAGE, "the field '" + field + "' has too many values to be counted over time by them");
}

CountResult count_hits(Reader& reader, const ScanRequest& request) {
  const auto scan = reader.scan(all_of(request, std::nullopt));
  CountResult result;
  for (Hit hit; scan->next(hit);) ++result.count;
  result.stats = scan->stats();
  return result;
}

Histogram tally_times(Reader& reader, const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                      const std::string& split_field) {
  const auto scan = reader.scan(all_of(request, split_field.empty() ? std::nullopt : std::optional(split_field)));
  Histogram result{origin, width, {}, {}};
  size_t bytes = 0;  // of the values
  for (Hit hit; scan->next(hit);) {
    if (hit.at.time < origin) continue;
    const auto bucket = static_cast<size_t>((hit.at.time - origin) / width);
    if (bucket >= buckets) continue;
    const std::string_view value = value_of(hit).value_or("");
    auto& counts = result.counts[std::string(value)];
    if (counts.empty()) {
      bytes += value.size();
      if (bytes > kMostSplitBytes || result.counts.size() * (buckets + kSplitValueCells) > kMostSplitCells)
        throw too_many_values(split_field);
      counts.resize(buckets);
    }
    ++counts[bucket];
  }
  result.stats = scan->stats();
  return result;
}

TopValues tally_values(Reader& reader, const ScanRequest& request, const std::string& field, size_t limit) {
  const auto scan = reader.scan(all_of(request, field));
  std::unordered_map<std::string, uint64_t> counts;
  TopValues result;
  for (Hit hit; scan->next(hit);) {
    const auto value = value_of(hit);
    if (value)
      ++counts[std::string(*value)];
    else
      ++result.without;
  }
  result.distinct = counts.size();
  for (auto& [value, count] : counts) result.values.push_back({value, count});
  const auto first = [](const ValueCount& a, const ValueCount& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  };
  std::sort(result.values.begin(), result.values.end(), first);
  if (result.values.size() > limit) result.values.resize(limit);
  result.stats = scan->stats();
  return result;
}

}  // namespace alco::query
