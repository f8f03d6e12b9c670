#include "lib/query/context.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <list>
#include <unordered_map>

#include "lib/query/stored_hit.h"

namespace alco::query {
namespace {

constexpr size_t kRing = 1024;        // events kept because a hit may follow
constexpr uint64_t kSkip = 256;       // events read over before a new scan is cheaper
constexpr uint64_t kSkipSame = 4096;  // ... one that looks for equal events
constexpr uint64_t kFar = 128;        // events that it is worth not to read over
constexpr size_t kOpenScans = 8;      // with `same`
constexpr size_t kMaxAreas = 20'000;  // sets of equal values remembered, to show no event twice

using Key = std::vector<std::pair<Type, std::string>>;

std::string flat(const Key& key) {
  std::string text;
  for (const auto& [type, value] : key) {
    text += static_cast<char>('0' + static_cast<int>(type));
    text += std::to_string(value.size()) + ':' + value;
  }
  return text;
}

// What narrows a scan down to events like the key; arrays are left to the comparison of each event.
std::shared_ptr<const Node> node_for(const std::vector<std::string>& fields, const Key& key) {
  Node all;
  all.kind = Node::Kind::and_;
  for (size_t i = 0; i < fields.size(); ++i) {
    const auto& [type, value] = key[i];
    Node one;
    one.field = fields[i];
    if (type == Type::raw) continue;
    if (type == Type::absent) {
      one.kind = Node::Kind::exists;
      Node none;
      none.kind = Node::Kind::not_;
      none.children.push_back(std::move(one));
      one = std::move(none);
    } else {
      one.kind = Node::Kind::equals;
      one.pattern.text = value;
    }
    all.children.push_back(std::move(one));
  }
  if (all.children.empty()) return nullptr;
  if (all.children.size() == 1) return std::make_shared<const Node>(all.children[0]);
  return std::make_shared<const Node>(std::move(all));
}

// The events among which a hit's context is counted: all of them, or those like it.
struct Area {
  std::string name;
  Key key;
  std::shared_ptr<const Node> query;
  std::unique_ptr<Scan> scan;
  std::deque<StoredHit> ring;  // read and not shown, in order
  bool dropped = false;        // something between the last line shown and the ring is left out
  std::optional<Position> last_shown;
  Position begun;                    // the first line of those shown without a gap
  uint64_t in_a_row = 0;             // such lines
  std::deque<Position> shown_after;  // context shown behind the last hit
  Nanoseconds anchor = 0;            // time of the last hit
  uint64_t left = 0;                 // so many events behind it are still to be shown
  bool seeking = false;              // the hit that was peeked at lies ahead
  bool leading = false;              // ... and all before it is its context
  uint64_t skipped = 0;
  Nanoseconds bounded_for = 0;  // the scan may end with the surroundings of a hit at this time
};

}  // namespace

struct ContextScan::Impl {
  Impl(Reader& reader_in, const ScanRequest& request, const ContextOptions& options_in)
      : reader(reader_in), around(request), options(options_in), own_columns(request.columns.size()) {
    const bool forward = request.order == Order::oldest_first;
    lead = forward ? options.before : options.after;
    trail = forward ? options.after : options.before;
    around.query = nullptr;
    around.since = kMinTime;
    around.until = kMaxTime;
    around.limit = std::numeric_limits<uint64_t>::max();
    around.progress = nullptr;
    around.columns.insert(around.columns.end(), options.same.begin(), options.same.end());
    ScanRequest search = request;
    search.message = search.json = false;
    search.columns = options.same;
    hits = reader.scan(search);
    peek();
  }

  void peek() {
    Hit hit;
    if (!hits->next(hit)) {
      peeked.reset();
      return;
    }
    peeked = hit.at;
    peeked_key.clear();
    for (const FieldValue& value : hit.columns) peeked_key.emplace_back(value.type, value.text);
  }

  bool behind(const Position& a, const Position& b) const {
    return around.order == Order::oldest_first ? a > b : a < b;
  }

  Position just_before(const Position& at) const {
    return {at.time, around.order == Order::oldest_first ? at.id - 1 : at.id + 1};
  }

  bool near(Nanoseconds a, Nanoseconds b) const {
    const Nanoseconds low = std::min(a, b), high = std::max(a, b);
    return options.within == kMaxTime || (low > kMaxTime - options.within) || high <= low + options.within;
  }

  bool belongs(const Area& area, const Hit& hit, size_t first_column) const {
    for (size_t i = 0; i < area.key.size(); ++i) {
      const FieldValue& value = hit.columns[first_column + i];
      if (value.type != area.key[i].first || value.text != area.key[i].second) return false;
    }
    return true;
  }

  void bound(ScanRequest& request, Nanoseconds hit) const {
    if (options.within == kMaxTime) return;
    if (hit > kMinTime + options.within) request.since = hit - options.within;
    if (hit < kMaxTime - options.within - 1) request.until = hit + options.within + 1;
  }

  void close(Area& area) {
    if (area.scan)
      for (const std::string& reason : area.scan->stats().incomplete) note(reason);
    area.scan.reset();
    area.ring.clear();
    std::erase(open_areas, &area);
  }

  void open(Area& area, const std::optional<Position>& after) {
    close(area);
    ScanRequest request = around;
    request.query = area.query;
    request.after = after;
    // Equal events may be rare: nothing beyond this hit's surroundings is searched for them.
    area.bounded_for = area.seeking ? peeked->time : area.anchor;
    if (!options.same.empty()) bound(request, area.bounded_for);
    area.scan = reader.scan(request);
    area.skipped = 0;
    open_areas.push_back(&area);
    if (open_areas.size() > kOpenScans) {
      Area& oldest = *open_areas.front();
      oldest.dropped = true;
      close(oldest);
    }
  }

  void note(const std::string& reason) {
    if (std::find(incomplete.begin(), incomplete.end(), reason) == incomplete.end()) incomplete.push_back(reason);
  }

  Area& area_of_peeked() {
    std::string name = flat(peeked_key);
    if (const auto found = by_name.find(name); found != by_name.end()) {
      areas.splice(areas.begin(), areas, found->second);
      return areas.front();
    }
    if (areas.size() >= kMaxAreas) {
      close(areas.back());
      if (last_area == &areas.back()) last_area = nullptr;
      by_name.erase(areas.back().name);
      areas.pop_back();
    }
    Area& area = areas.emplace_front();
    area.name = std::move(name);
    area.key = peeked_key;
    area.query = node_for(options.same, peeked_key);
    by_name.emplace(area.name, areas.begin());
    return area;
  }

  // Turns to the area of the next hit, which may have been shown there as context already.
  void begin() {
    current = &area_of_peeked();
    Area& area = *current;
    const auto shown = std::find(area.shown_after.begin(), area.shown_after.end(), *peeked);
    if (shown == area.shown_after.end()) {
      area.seeking = true;
      return;
    }
    area.anchor = shown->time;
    area.shown_after.erase(area.shown_after.begin(), shown + 1);
    area.left = trail - std::min<uint64_t>(trail, area.shown_after.size());
    if (options.within != kMaxTime) close(area);  // what was too far from the hit before may be near this one
    peek();
  }

  // Goes straight to the context of the next hit.
  void jump(Area& area) {
    Position start = *peeked;
    bool joined = false;
    if (lead > 0 || area.last_shown) {
      ScanRequest back = around;
      back.query = area.query;
      back.order = around.order == Order::oldest_first ? Order::newest_first : Order::oldest_first;
      back.after = *peeked;
      back.message = back.json = false;
      back.columns = options.same;
      if (!area.last_shown) bound(back, peeked->time);
      const auto array = [](const auto& value) { return value.first == Type::raw; };
      if (lead < kSkipSame && std::none_of(area.key.begin(), area.key.end(), array)) back.limit = lead + 1;
      const auto scan = reader.scan(back);
      Hit hit;
      for (uint64_t n = 0; scan->next(hit);) {
        if (!belongs(area, hit, 0)) continue;
        joined = area.last_shown && hit.at == *area.last_shown;
        if (joined || n == lead || !near(hit.at.time, peeked->time)) break;
        start = hit.at;
        ++n;
      }
    }
    open(area, joined ? *area.last_shown : just_before(start));
    area.leading = true;
    area.dropped = !joined;
  }

  bool take_queued(ContextLine& line) {
    if (queue.empty()) return false;
    delivered = std::move(queue.front());
    queue.pop_front();
    delivered.view(line.hit);
    line.match = queue.empty();  // the hit itself is the last one
    line.gap = queue_gap;
    queue_gap = false;
    return true;
  }

  // Says that `at` is being shown; whether something was left out before it.
  bool shown(Area& area, const Position& at) {
    const bool gap = any_shown && (last_area != &area || area.dropped);
    any_shown = true;
    last_area = &area;
    if (area.dropped || !area.last_shown) {
      area.begun = at;
      area.in_a_row = 0;
    }
    ++area.in_a_row;
    area.dropped = false;
    area.last_shown = at;
    return gap;
  }

  void show_hit(Area& area, ContextLine& line) {
    while (!area.ring.empty() && !near(area.ring.front().at().time, line.hit.at.time)) {
      area.ring.pop_front();
      area.dropped = true;
    }
    line.gap = shown(area, line.hit.at);
    line.match = true;
    if (!area.ring.empty()) {
      queue_gap = line.gap;
      queue.swap(area.ring);
      area.ring.clear();
      queue.emplace_back().assign(line.hit);
      take_queued(line);
    }
    area.anchor = peeked->time;
    area.left = trail;
    area.shown_after.clear();
    area.seeking = area.leading = false;
    area.skipped = 0;
    peek();
  }

  void keep(Area& area, const Hit& hit) {
    ++area.skipped;
    if (lead == 0) {
      area.dropped = true;
      return;
    }
    area.ring.emplace_back().assign(hit);
    while (area.ring.size() > lead || !near(area.ring.front().at().time, hit.at.time)) {
      area.ring.pop_front();
      area.dropped = true;
    }
  }

  bool worth_a_jump(const Area& area) const {
    if (!area.seeking || area.leading) return false;
    if (!area.scan || area.skipped >= (options.same.empty() ? kSkip : kSkipSame) || area.ring.size() >= kRing)
      return true;
    return area.left == 0 && area.skipped == 0 && options.same.empty() && area.last_shown && far(area);
  }

  // Whether many events lie before the next hit and its context, to judge by the ids between, and by the time if they
  // come as fast as those shown last.
  bool far(const Area& area) const {
    const auto distance = [](auto a, auto b) { return static_cast<double>(a) - static_cast<double>(b); };
    const double far = static_cast<double>(kFar + lead);
    const double ids = std::fabs(distance(peeked->id, area.last_shown->id));
    const double time = std::fabs(distance(peeked->time, area.last_shown->time));
    const double span = std::fabs(distance(area.last_shown->time, area.begun.time));
    return ids > far && time * static_cast<double>(area.in_a_row) > span * far;
  }

  bool next(ContextLine& line) {
    if (take_queued(line)) return true;
    while (current || peeked) {
      if (!current) begin();
      Area& area = *current;
      if (!area.seeking && area.left == 0) {
        current = nullptr;
        continue;
      }
      if (worth_a_jump(area)) jump(area);
      if (!area.scan) {
        open(area, area.last_shown);
        area.dropped = false;
      }
      if (!area.scan->next(line.hit)) {
        if (around.cancel && *around.cancel) return false;
        if (!area.leading && (area.seeking || area.bounded_for != area.anchor)) {  // it was bounded for an earlier hit
          close(area);
          continue;
        }
        if (area.seeking) peek();  // the hit is gone: retention was faster
        close(area);
        area.seeking = area.leading = false;
        area.left = 0;
        continue;
      }
      if (!belongs(area, line.hit, own_columns)) continue;
      const Position at = line.hit.at;
      if (peeked && at == *peeked) {
        show_hit(area, line);
        return true;
      }
      if (area.seeking && behind(at, *peeked)) {
        peek();
        area.seeking = area.leading = false;
      }
      const bool trailing = area.left > 0 && near(at.time, area.anchor);
      if (!trailing) area.left = 0;
      if (trailing || area.leading) {
        line.gap = shown(area, at);
        line.match = false;
        if (trailing) {
          --area.left;
          area.shown_after.push_back(at);
        }
        return true;
      }
      keep(area, line.hit);
    }
    return false;
  }

  Reader& reader;
  ScanRequest around;
  ContextOptions options;
  size_t own_columns;
  uint64_t lead = 0, trail = 0;  // before and after in the order of the scan
  std::unique_ptr<Scan> hits;
  std::optional<Position> peeked;
  Key peeked_key;
  std::vector<std::string> incomplete;
  std::list<Area> areas;  // the most recently used first
  std::unordered_map<std::string, std::list<Area>::iterator> by_name;
  std::vector<Area*> open_areas;
  Area* current = nullptr;
  Area* last_area = nullptr;
  bool any_shown = false;
  std::deque<StoredHit> queue;  // delivered before anything else is read; the last one is a hit
  bool queue_gap = false;
  StoredHit delivered;
};

ContextScan::ContextScan(Reader& reader, const ScanRequest& request, const ContextOptions& options)
    : impl_(std::make_unique<Impl>(reader, request, options)) {}
ContextScan::~ContextScan() = default;

bool ContextScan::next(ContextLine& line) { return impl_->next(line); }

ScanStats ContextScan::stats() const {
  ScanStats stats = impl_->hits->stats();
  for (const std::string& reason : impl_->incomplete) stats.incomplete.push_back(reason);
  for (const Area* area : impl_->open_areas)
    for (const std::string& reason : area->scan->stats().incomplete) stats.incomplete.push_back(reason);
  std::sort(stats.incomplete.begin(), stats.incomplete.end());
  stats.incomplete.erase(std::unique(stats.incomplete.begin(), stats.incomplete.end()), stats.incomplete.end());
  return stats;
}

}  // namespace alco::query
