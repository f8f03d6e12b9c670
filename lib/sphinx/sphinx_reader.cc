#include "lib/sphinx/sphinx_reader.h"

#include <algorithm>

#include "lib/error.h"
#include "lib/query/tally.h"
#include "lib/sphinx/row.h"
#include "lib/sphinx/select.h"
#include "lib/sphinx/word_rules.h"

namespace alco::sphinx {
namespace {

constexpr int64_t kDayMicros = kDay / 1000;
constexpr int64_t kDayZero = 100'000;   // so that the division rounds down before 1970 too
constexpr size_t kMaxGroups = 100'000;  // rows of a GROUP BY
constexpr size_t kMaxShapes = 4096;

bool overlaps(int64_t day, Nanoseconds since, Nanoseconds until) {
  return (since == kMinTime || day >= utc_day(since)) &&
         (until == kMaxTime || (until > kMinTime && day <= utc_day(until - 1)));
}

template <class Names>
std::string joined(const Names& names) {
  std::string text;
  for (const auto& name : names) text += (text.empty() ? "" : ",") + name;
  return text;
}

void require_whole(const std::atomic<bool>* cancel, const IndexName& index) {
  if (cancel && *cancel) throw Error(EX_UNAVAILABLE, index.str() + ": stopped before the answer was there");
}

void note_once(std::vector<std::string>& notes, const std::string& note) {
  if (std::find(notes.begin(), notes.end(), note) == notes.end()) notes.push_back(note);
}

}  // namespace

template <class Row>
void SphinxReader::each_row(const std::string& statement, const std::atomic<bool>* cancel,
                            std::vector<std::string>* incomplete, Row row) {
  if (cancel && *cancel) return;
  connections_->with([&](Client& client) {
    {
      Rows rows = client.query(statement, cancel);
      while (rows.next()) row(rows);
    }
    for (const std::string& warning : client.warnings())
      if (incomplete) note_once(*incomplete, warning);
  });
}

Tables SphinxReader::tables() {
  return connections_->with([&](Client& client) { return served_tables(client, index_, days_kept_); });
}

template <class Use>
auto SphinxReader::with_tables(Use use) {
  for (Tables served = tables();;) {
    try {
      return use(served);
    } catch (const Error& error) {
      const Tables present = tables();
      if (error.code() != EX_DATAERR || present == served) throw;
      served = present;
    }
  }
}

// Without agents the days one by one, since each holds its own day and nothing else.
std::vector<SphinxReader::Group> SphinxReader::groups(const Tables& tables, Nanoseconds since,
                                                      Nanoseconds until) const {
  std::vector<Group> list;
  if (!tables.agents.empty()) {
    const Nanoseconds first = tables.days.empty() ? since : std::max(since, tables.days.front().day * kDay);
    list.push_back({tables.distributed_from(tables.old.empty() ? since : first), row_key(), false, tables.name});
    return list;
  }
  for (const DayTable& day : tables.days)
    if (overlaps(day.day, since, until)) list.push_back({day.name, row_key(), false, ""});
  return list;
}

WordRules SphinxReader::word_rules(const std::string& table) {
  {
    std::lock_guard lock(mutex_);
    if (const auto known = rules_.find(table); known != rules_.end()) return known->second;
  }
  const WordRules rules = connections_->with([&](Client& client) { return probe_word_rules(client, table); });
  std::lock_guard lock(mutex_);
  return rules_[table] = rules;
}

// What all of these tables can do.
Narrowing SphinxReader::narrowing(const ScanRequest& request, const std::vector<DayTable>& days) {
  if (!request.query) return {};
  WordRules rules{true, 1};
  if (narrow(*request.query, rules).match.empty()) return narrow(*request.query, {});
  for (const DayTable& day : days) {
    const WordRules one = word_rules(day.name);
    rules.whole = rules.whole && one.whole;
    rules.infix = rules.infix == 0 || one.infix == 0 ? 0 : std::max(rules.infix, one.infix);
  }
  if (days.empty()) rules = {};
  return narrow(*request.query, rules);
}

std::vector<std::vector<Source>> SphinxReader::sources(const Tables& tables, const ScanRequest& request) {
  std::vector<std::vector<Source>> lists(1);
  for (const Group& group : groups(tables, request.since, request.until)) {
    std::vector<DayTable> days = tables.days;
    if (tables.agents.empty()) std::erase_if(days, [&](const DayTable& day) { return day.name != group.from; });
    lists[0].push_back({group.from, group.key, false, narrowing(request, days), group.otherwise});
  }
  for (const OldTables& old : tables.old) lists.push_back({{joined(old.names), old.key, true, {}, ""}});
  return lists;
}

std::unique_ptr<Scan> SphinxReader::scan(const ScanRequest& request) {
  return with_tables([&](const Tables& served) -> std::unique_ptr<Scan> {
    if (request.order == Order::arrival)
      return std::make_unique<ArrivalScan>(connections_, arrivals_, served, narrowing(request, served.days), request);
    return std::make_unique<SphinxScan>(connections_, sources(served, request), request);
  });
}

CountResult SphinxReader::count(const ScanRequest& request) {
  if (request.query) return query::count_hits(*this, request);
  return with_tables([&](const Tables& served) { return count_all(served, request); });
}

CountResult SphinxReader::count_all(const Tables& served, const ScanRequest& request) {
  CountResult result;
  std::vector<Group> all = groups(served, request.since, request.until);
  for (const OldTables& old : served.old) all.push_back({joined(old.names), old.key, true, ""});
  for (const Group& group : all) {
    Select select(group.from, group.key);
    select.range({request.since, request.until, Order::oldest_first, std::nullopt});
    each_row(select.text("COUNT(*) AS c_"), request.cancel, &result.stats.incomplete, [&](const Rows& rows) {
      if (const auto column = rows.column("c_")) result.count += rows.unsigned_number(*column);
    });
    ++result.stats.blocks;
  }
  result.stats.segments = all.size();
  return result;
}

Histogram SphinxReader::histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                                  const std::string& split_field) {
  return with_tables([&](const Tables& served) {
    const bool simple = !request.query && split_field.empty() && served.old.empty() && origin % 1000 == 0 &&
                        width % 1000 == 0 && buckets <= kMaxGroups;
    return simple ? count_times(served, request, origin, width, buckets)
                  : query::tally_times(*this, request, origin, width, buckets, split_field);
  });
}

Histogram SphinxReader::count_times(const Tables& served, const ScanRequest& request, Nanoseconds origin,
                                    Nanoseconds width, size_t buckets) {
  Histogram histogram;
  histogram.origin = origin;
  histogram.width = width;
  const auto begin = std::to_string(origin / 1000), step = std::to_string(width / 1000);
  for (const Group& group : groups(served, std::max(request.since, origin), request.until)) {
    Select select(group.from, group.key);
    select.range({request.since, request.until, Order::oldest_first, std::nullopt}).where("ts>=" + begin);
    const std::string tail = " GROUP BY b_ ORDER BY b_ ASC" + limit(buckets + 1);
    each_row(
        select.text("((ts - " + (origin < 0 ? "(" + begin + ")" : begin) + ") DIV " + step + ") AS b_, COUNT(*) AS c_",
                    tail),
        request.cancel, &histogram.stats.incomplete, [&](const Rows& rows) {
          const uint64_t bucket = rows.unsigned_number(*rows.column("b_"));
          if (bucket >= buckets) return;
          auto& counts = histogram.counts[""];
          counts.resize(buckets);
          counts[bucket] += rows.unsigned_number(*rows.column("c_"));
        });
    ++histogram.stats.blocks;
  }
  return histogram;
}

TopValues SphinxReader::top(const ScanRequest& request, const std::string& field, size_t limit) {
  return query::tally_values(*this, request, field, limit);
}

std::optional<Position> SphinxReader::find_id(uint64_t id, const std::atomic<bool>* cancel) {
  if (id > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return with_tables([&](const Tables& served) { return find_in(served, id, cancel); });
}

std::optional<Position> SphinxReader::find_in(const Tables& served, uint64_t id, const std::atomic<bool>* cancel) {
  std::vector<Group> all = groups(served, kMinTime, kMaxTime);
  for (const OldTables& old : served.old) all.push_back({joined(old.names), old.key, true, ""});
  std::optional<Position> found;
  for (const Group& group : all) {
    Select select(group.from, group.key);
    select.where(group.key.id + "=" + std::to_string(id));
    const std::string columns =
        group.key.time + "," + group.key.id + (group.key.rest.empty() ? "" : "," + group.key.rest);
    each_row(select.text(columns, limit(1)), cancel, nullptr, [&](const Rows& rows) {
      const Nanoseconds rest = group.key.rest.empty() ? 0 : rows.number(2) * group.key.rest_unit;
      found = Position{rows.number(0) * group.key.unit + rest, id};
    });
    if (found) break;
  }
  if (!found) require_whole(cancel, index_);
  return found;
}

std::vector<FieldInfo> SphinxReader::fields() {
  return with_tables([&](const Tables& served) { return fields_of(served); });
}

// One event of each shape.
std::vector<FieldInfo> SphinxReader::fields_of(const Tables& served) {
  std::map<std::string, FieldInfo, std::less<>> found;
  RowParser parser;
  const auto learn = [&](const StoredRow& row, uint64_t events) {
    bool damaged = false;
    for_each_leaf(parser.parse(row, true, damaged), [&](std::string_view path, const Member& member) {
      FieldInfo& info = found.try_emplace(std::string(path)).first->second;
      info.events += events;
      if (std::count(info.types.begin(), info.types.end(), member.type) == 0) info.types.push_back(member.type);
    });
  };
  std::string from;
  for (const Group& group : groups(served, kMinTime, kMaxTime)) from += (from.empty() ? "" : ",") + group.from;
  if (!from.empty())
    each_row(
        "SELECT flags, js, raw, COUNT(*) AS c_ FROM " + from + " GROUP BY flags ORDER BY c_ DESC" + limit(kMaxShapes),
        nullptr, nullptr, [&](const Rows& rows) {
          const auto js = rows.column(kJson), raw = rows.column(kRaw), count = rows.column("c_");
          if (js && raw && count) learn({{}, "", rows.text(*js), rows.text(*raw)}, rows.unsigned_number(*count));
        });
  for (const OldTables& old : served.old)  // these can't tell: a sample
    each_row("SELECT js FROM " + joined(old.names) + " ORDER BY id DESC" + limit(1000), nullptr, nullptr,
             [&](const Rows& rows) {
               learn({{}, "", rows.text(0), ""}, 1);
             });
  std::vector<FieldInfo> all;
  for (auto& [name, info] : found) {
    info.name = name;
    all.push_back(std::move(info));
  }
  return all;
}

Summary SphinxReader::summary(const std::atomic<bool>* cancel) {
  return with_tables([&](const Tables& served) { return summary_of(served, cancel); });
}

Summary SphinxReader::summary_of(const Tables& served, const std::atomic<bool>* cancel) {
  Summary summary;
  std::map<int64_t, uint64_t> days;
  std::vector<Group> all = groups(served, kMinTime, kMaxTime);
  for (const OldTables& old : served.old) all.push_back({joined(old.names), old.key, true, ""});
  for (const Group& group : all) {
    const int64_t units = kDay / group.key.unit;
    const std::string day =
        "((" + group.key.time + " + " + std::to_string(kDayZero * units) + ") DIV " + std::to_string(units) + ")";
    const std::string newest = group.old ? "" : ", MAX(" + std::string(kArrival) + ") AS m_";
    each_row("SELECT " + day + " AS d_, COUNT(*) AS c_" + newest + " FROM " + group.from + " GROUP BY d_" +
                 limit(kMaxGroups),
             cancel, nullptr, [&](const Rows& rows) {
               days[rows.number(*rows.column("d_")) - kDayZero] += rows.unsigned_number(*rows.column("c_"));
               if (const auto m = rows.column("m_"))
                 summary.newest_id = std::max(summary.newest_id, rows.unsigned_number(*m));
             });
  }
  for (const auto& [day, events] : days) {
    summary.events += events;
    summary.days.emplace_back(day_name(day), events);
  }
  const auto end = [&](Order order) {
    ScanRequest request;
    request.order = order;
    request.limit = 1;
    request.cancel = cancel;
    Hit hit;
    return scan(request)->next(hit) ? hit.at : Position();
  };
  summary.oldest = end(Order::oldest_first);
  summary.newest = end(Order::newest_first);
  std::vector<std::string> names;
  for (const DayTable& day : served.days) names.push_back(day.name);
  for (const OldTables& old : served.old) names.insert(names.end(), old.names.begin(), old.names.end());
  for (const std::string& name : names)
    each_row("SHOW INDEX " + name + " STATUS", cancel, nullptr, [&](const Rows& rows) {
      if (rows.text(0) == "ram_bytes" || rows.text(0) == "disk_bytes") summary.bytes += rows.unsigned_number(1);
    });
  require_whole(cancel, index_);
  return summary;
}

uint64_t SphinxReader::newest_mark() {
  return with_tables([&](const Tables& served) { return arrivals_->look(served).mark; });
}

}  // namespace alco::sphinx
