#include "lib/output/explain.h"

#include <algorithm>

#include "lib/query/canonical.h"
#include "lib/query/suggest.h"

namespace alco::output {
namespace {

constexpr std::chrono::milliseconds kPatience(1000);
constexpr size_t kMaxFields = 100;

using query::Node;

std::string thousands(uint64_t number) {
  std::string text = std::to_string(number);
  for (size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string size_text(uint64_t bytes) {
  if (bytes < 10'000) return thousands(bytes) + " bytes";
  if (bytes < 10'000'000) return thousands(bytes / 1000) + " kB";
  return thousands(bytes / 1'000'000) + " MB";
}

std::string counted(uint64_t number, const char* one, const char* many) {
  return thousands(number) + " " + (number == 1 ? one : many);
}

std::string query_text(const Search& search) {
  return search.query.kind == Node::Kind::everything ? "everything" : query::canonical(search.query);
}

std::string time_text(const Search& search, Nanoseconds time) {
  std::string text;
  append_rfc3339(text, time, search.zone);
  return text;
}

std::string range_text(const Search& search) {
  const bool since = search.range.since != kMinTime, until = search.range.until != kMaxTime;
  if (!since && !until) return "all";
  return (since ? "from " + time_text(search, search.range.since) : std::string("from the first event")) +
         (until ? " to before " + time_text(search, search.range.until) : " on");
}

// The same query with every pattern in the message ignoring case; false if none changed.
bool ignoring_case(Node& node) {
  bool changed = false;
  for (Node& child : node.children) changed |= ignoring_case(child);
  if ((node.kind == Node::Kind::contains || node.kind == Node::Kind::equals) && !node.pattern.ignore_case)
    changed = node.pattern.ignore_case = true;
  return changed;
}

// The same query with texts looked for in these fields instead of the message; false if there are none.
bool in_other_fields(Node& node, const std::vector<std::string>& fields) {
  if (node.kind == Node::Kind::not_) return false;
  bool changed = false;
  for (Node& child : node.children) changed |= in_other_fields(child, fields);
  if (node.kind != Node::Kind::contains || node.field != "message" || fields.empty()) return changed;
  std::vector<Node> any;
  for (const std::string& field : fields) {
    Node one = node;
    one.field = field;
    any.push_back(std::move(one));
  }
  node = query::any_of(std::move(any));
  return true;
}

// The first text that is looked for in the message.
std::string first_text(const Node& node) {
  if (node.kind == Node::Kind::contains && node.field == "message") return node.pattern.text;
  for (const Node& child : node.children)
    if (std::string text = first_text(child); !text.empty()) return text;
  return "";
}

class Misses {
 public:
  Misses(const QueryOptions& options, Search& search)
      : options_(options), search_(search), sink_({false, true, "near misses"}) {}

  std::vector<std::string> all() {
    sink_.stop_after(kPatience);
    searched();
    if (!options_.explain) lines_.insert(lines_.end(), search_.notes.begin(), search_.notes.end());
    if (search_.query.kind == Node::Kind::everything || options_.id != kNoNumber || options_.around != kNoNumber)
      return lines_;
    outside();
    letter_case();
    other_fields();
    return lines_;
  }

 private:
  void searched() {
    const Summary summary = search_.reader->summary();
    if (summary.events == 0) {
      lines_.push_back(search_.subject + " has no events");
      return;
    }
    if (options_.id != kNoNumber || options_.around != kNoNumber) {
      lines_.push_back("no event has this id among " + counted(summary.events, "event", "events") + " in " +
                       search_.subject);
      return;
    }
    uint64_t events = summary.events, days = summary.days.size();
    ScanRequest range = search_.request();
    if (range.since != kMinTime || range.until != kMaxTime) {
      range.query = nullptr;
      range.cancel = sink_.cancel();
      events = search_.reader->count(range).count;
      days = 0;
      for (const auto& [name, count] : summary.days) {
        const auto day = parse_day_name(name);
        days += day && (*day + 1) * kDay > range.since && (range.until == kMaxTime || *day * kDay < range.until);
      }
      if (events == 0)
        lines_.push_back("no events in the time range; " + search_.subject + " has events from " +
                         time_text(search_, summary.oldest.time) + " to " + time_text(search_, summary.newest.time));
    }
    if (events > 0)
      lines_.push_back("nothing found: searched " + counted(events, "event", "events") + " in " +
                       counted(days, "day", "days") + " for " + query_text(search_));
  }

  std::optional<Position> first(const Node& node, bool everywhere) {
    ScanRequest request = search_.request();
    request.query = std::make_shared<const Node>(node);
    if (everywhere) {
      request.since = kMinTime;
      request.until = kMaxTime;
    }
    request.order = Order::newest_first;
    request.limit = 1;
    request.message = false;
    request.cancel = sink_.cancel();
    const auto scan = search_.reader->scan(request);
    Hit hit;
    if (!scan->next(hit)) return std::nullopt;
    return hit.at;
  }

  void outside() {
    if (search_.range.since == kMinTime && search_.range.until == kMaxTime) return;
    if (const auto at = first(search_.query, true))
      lines_.push_back("there are hits outside the time range, the newest at " + time_text(search_, at->time));
  }

  void letter_case() {
    Node node = search_.sought;
    if (options_.invert || !ignoring_case(node)) return;
    if (first(node, false)) lines_.push_back("there are hits in other letter case: add --ignore-case");
  }

  void other_fields() {
    if (options_.invert) return;
    std::vector<std::string> fields(search_.known_fields().begin(), search_.known_fields().end());
    if (fields.size() > kMaxFields) fields.resize(kMaxFields);
    Node node = search_.sought;
    if (!in_other_fields(node, fields) || !first(node, false)) return;
    for (const std::string& field : fields) {
      node = search_.sought;
      in_other_fields(node, {field});
      if (!first(node, false)) continue;
      const std::string text = first_text(search_.sought);
      const bool simple = text.find_first_of(" \t\"'*\\/()") == text.npos;
      lines_.push_back("the text is found in the field " + field +
                       (simple ? ": try @" + field + ":*" + text + "*" : ""));
      return;
    }
  }

  const QueryOptions& options_;
  Search& search_;
  Sink sink_;  // for its clock
  std::vector<std::string> lines_;
};

}  // namespace

std::vector<std::string> explanation(const QueryOptions& options, Search& search, const Answer& answer,
                                     Nanoseconds took) {
  std::vector<std::string> lines;
  lines.push_back("query: " + query_text(search));
  lines.insert(lines.end(), search.notes.begin(), search.notes.end());
  lines.push_back("time range: " + range_text(search));
  lines.push_back(std::string("order: ") + (options.follow    ? "as they arrive"
                                            : options.reverse ? "newest first"
                                                              : "oldest first"));
  lines.push_back("read from " + (search.store ? search.store->url() + ", index " : "") + search.subject);
  const ScanStats& stats = answer.stats;
  if (stats.segments > 0)
    lines.push_back("segments: " + thousands(stats.segments) + " (" + thousands(stats.segments_skipped) +
                    " skipped), blocks: " + thousands(stats.blocks) + " (" + thousands(stats.blocks_skipped) +
                    " skipped)");
  lines.push_back("looked at " + counted(stats.events, "event", "events") + ", " + size_text(stats.bytes) + ", in " +
                  std::to_string(took / 1'000'000) + "." + std::to_string(took / 100'000 % 10) + " ms");
  lines.push_back("found: " + thousands(answer.found));
  return lines;
}

std::vector<std::string> near_misses(const QueryOptions& options, Search& search) {
  return Misses(options, search).all();
}

}  // namespace alco::output
