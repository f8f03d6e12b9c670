#include "lib/http/context.h"

#include <algorithm>

#include "lib/query/parse.h"
#include "lib/time_range.h"

namespace alco::http {
namespace {

constexpr uint64_t kMostLines = 1000;  // on each side of a hit

Nanoseconds add_clamped(Nanoseconds time, Nanoseconds by) {
  Nanoseconds sum;
  if (__builtin_add_overflow(time, by, &sum)) return by < 0 ? kMinTime : kMaxTime;
  return sum;
}

// What a line around a hit must be equal in; null if any will do.
std::shared_ptr<const query::Node> same_condition(const ContextOptions& options, std::span<const FieldValue> values) {
  if (options.same.empty()) return nullptr;
  std::vector<query::Node> all;
  for (size_t i = 0; i < options.same.size(); ++i) {
    if (values[i].type != Type::absent) {
      all.push_back(query::equals(options.same[i], values[i].text));
      continue;
    }
    query::Node exists;
    exists.kind = query::Node::Kind::exists;
    exists.field = options.same[i];
    all.push_back(query::negated(std::move(exists)));
  }
  return std::make_shared<const query::Node>(query::all_of(std::move(all)));
}

}  // namespace

ContextOptions context_options(const Request& request) {
  ContextOptions options;
  const uint64_t both = number_param(request, "C", 0, 0, kMostLines);
  options.before = number_param(request, "B", both, 0, kMostLines);
  options.after = number_param(request, "A", both, 0, kMostLines);
  if (const std::string* within = request.param("within"); within && !within->empty())
    options.within = parse_duration(*within, "within");
  options.same = list_param(request, "same");
  return options;
}

ContextPage::ContextPage(Reader& reader, const ContextOptions& options, const ResultShape& shape, Search& search)
    : reader_(reader), options_(options), shape_(shape), search_(search) {
  if (search.scan.query) query_.emplace(*search.scan.query);
}

void ContextPage::add(const Hit& hit, std::span<const FieldValue> same, bool anchor) {
  const Position at = hit.at;
  const auto condition = same_condition(options_, same);
  ResultExtras extras;
  extras.anchor = anchor;
  if (anchor && query_) extras.match = query_->matches(parser_.parse(hit.json, at.time));
  put(hit, extras);
  const uint64_t most = options_.within ? kMostLines : 0;
  add_side(at, Order::newest_first, options_.within ? most : options_.before, condition);
  add_side(at, Order::oldest_first, options_.within ? most : options_.after, condition);
}

// One line more than wanted is looked at: it tells whether two groups touch.
void ContextPage::add_side(const Position& at, Order order, uint64_t count,
                           const std::shared_ptr<const query::Node>& same) {
  ScanRequest request;
  request.query = same;
  request.order = order;
  request.after = at;
  request.limit = count + 1;
  request.cancel = search_.scan.cancel;
  shape_.prepare(request, search_);
  request.json = request.json || query_;
  if (options_.within) {
    request.since = add_clamped(at.time, -*options_.within);
    request.until = add_clamped(add_clamped(at.time, *options_.within), 1);
  }
  Position last = at;
  Hit hit;
  const auto scan = reader_.scan(request);
  for (uint64_t seen = 0; scan->next(hit); ++seen) {
    if (order == Order::oldest_first)
      next_[last] = hit.at;
    else
      next_[hit.at] = last;
    last = hit.at;
    if (seen == count) break;
    ResultExtras extras;
    extras.match = query_ && query_->matches(parser_.parse(hit.json, hit.at.time));
    put(hit, extras);
  }
}

// A line that is there already stays: the hit among the lines around another is the same line.
void ContextPage::put(const Hit& hit, const ResultExtras& extras) {
  const auto [it, is_new] = lines_.try_emplace(hit.at);
  if (!is_new && !extras.anchor) return;
  it->second.clear();
  append_result(it->second, hit, shape_, search_, extras);
  bytes_ += it->second.size();
}

void ContextPage::write(JsonWriter& json, Order order) const {
  std::vector<const std::pair<const Position, std::string>*> sorted;
  for (const auto& line : lines_) sorted.push_back(&line);
  if (order == Order::newest_first) sorted.assign(sorted.rbegin(), sorted.rend());
  size_t group = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0) {
      const auto& [earlier, later] = std::minmax(sorted[i - 1]->first, sorted[i]->first);
      const auto link = next_.find(earlier);
      if (link == next_.end() || link->second != later) ++group;
    }
    const std::string& line = sorted[i]->second;
    json.raw(line.substr(0, line.size() - 1) + ",\"group\":" + std::to_string(group) + "}");
  }
}

}  // namespace alco::http
