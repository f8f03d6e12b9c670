#include "lib/sphinx/tables.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "lib/error.h"
#include "lib/sphinx/escape.h"
#include "lib/sphinx/row.h"

namespace alco::sphinx {
namespace {

constexpr std::string_view kDistr = "_distr";

struct Served {
  std::string name, type;
  bool operator==(const Served&) const = default;
};

std::vector<Served> all_served(Client& client) {
  std::vector<Served> all;
  Rows rows = client.query("SHOW TABLES");
  while (rows.next())
    if (rows.columns() > 1 && plain_name(rows.text(0)))
      all.push_back({std::string(rows.text(0)), std::string(rows.text(1))});
  return all;
}

// "app_20261122" is app's; nullopt for what is no name of a day.
std::optional<std::pair<std::string, int64_t>> split_day(std::string_view name) {
  const size_t last = name.rfind('_');
  if (last == name.npos) return std::nullopt;
  const auto day = parse_day_name(name.substr(last + 1));
  if (!day) return std::nullopt;
  return std::pair(std::string(name.substr(0, last)), *day);
}

std::map<std::string, std::string> columns_of(Client& client, const std::string& table) {
  std::map<std::string, std::string> columns;  // attributes
  Rows rows = client.query("DESCRIBE " + table);
  while (rows.next())
    if (!is_full_text(rows.text(1))) columns.emplace(rows.text(0), rows.text(1));
  return columns;
}

// The time of the first ALCO: bigint in µs, or seconds with the µs beside it.
std::optional<RowKey> old_key(const std::map<std::string, std::string>& columns) {
  const auto time = columns.find("ts");
  if (time == columns.end() || !columns.contains("js") || !columns.contains("logline")) return std::nullopt;
  RowKey key;
  key.time = "ts";
  key.id = "id";
  key.rest_unit = 1000;
  if (time->second != "bigint") {
    key.unit = kSecond;
    for (const char* const name : {"us", "ms", "msec"})
      if (key.rest.empty() && columns.contains(name)) key.rest = name;
  }
  return key;
}

}  // namespace

const RowKey& row_key() {
  static const RowKey key{std::string(kTime), 1000, std::string(kNanos), 1, std::string(kArrival)};
  return key;
}

std::string Tables::distributed_from(Nanoseconds since) const {
  const int64_t day = utc_day(since);
  const auto later = std::upper_bound(distributed.begin(), distributed.end(), day);
  if (later == distributed.begin()) return name;
  return name + "_" + day_name(*std::prev(later)) + std::string(kDistr);
}

std::vector<IndexName> served_indexes(Client& client) {
  std::set<IndexName> names;
  const auto add = [&](const std::string& name) {
    if (const auto index = IndexName::parse(name)) names.insert(*index);
  };
  for (const auto& [name, type] : all_served(client)) {
    const auto day = split_day(name);
    if (day)
      add(day->first);
    else if (type == "distributed" && !name.ends_with(kDistr))
      add(name);
  }
  return {names.begin(), names.end()};
}

namespace {

// As each day of alco-sphinxconf's has.
bool has_distributed(const std::vector<Served>& all, const std::string& day) {
  const std::string name = day + std::string(kDistr);
  return std::any_of(all.begin(), all.end(), [&](const Served& served) { return served.name == name; });
}

// If nothing would be left, the clock is wrong, not the days.
int64_t first_kept(const IndexName& index, const std::vector<Served>& all, std::optional<int> days_kept) {
  const int64_t none = std::numeric_limits<int64_t>::min();
  const int64_t first = days_kept ? utc_day(now()) - *days_kept + 1 : none;
  const bool any_left = std::any_of(all.begin(), all.end(), [&](const Served& served) {
    const auto day = split_day(served.name);
    return day && day->first == index.str() && day->second >= first;
  });
  return any_left ? first : none;
}

Tables sorted_tables(Client& client, const IndexName& index, const std::vector<Served>& all,
                     std::optional<int> days_kept) {
  const int64_t first_day = first_kept(index, all, days_kept);
  Tables tables;
  tables.name = index.str();
  for (const auto& [name, type] : all) {
    if (type == "distributed") {
      if (name == index.str()) tables.whole = true;
      if (!name.ends_with(kDistr)) continue;
      const auto day = split_day(std::string_view(name).substr(0, name.size() - kDistr.size()));
      if (day && day->first == index.str()) tables.distributed.push_back(day->second);
      continue;
    }
    const auto day = split_day(name);
    if (!day || day->first != index.str()) continue;
    const bool past = day->second < first_day;
    if (past && has_distributed(all, name)) continue;  // not even its columns are asked for
    const auto columns = columns_of(client, name);
    if (columns.contains(std::string(kArrival)) && columns.contains(std::string(kFlags))) {
      if (!past) tables.days.push_back({name, day->second});
    } else if (const auto key = old_key(columns)) {
      const auto same =
          std::find_if(tables.old.begin(), tables.old.end(), [&](const auto& o) { return o.key == *key; });
      (same == tables.old.end() ? tables.old.emplace_back(OldTables{*key, {}}) : *same).names.push_back(name);
    } else {
      throw Error(EX_DATAERR, client.address().name() + ": " + name + ": no index of ALCO: it lacks logline, js or ts");
    }
  }
  const auto by_day = [](const DayTable& a, const DayTable& b) { return a.day < b.day; };
  std::sort(tables.days.begin(), tables.days.end(), by_day);
  std::sort(tables.distributed.begin(), tables.distributed.end());
  if (tables.whole) {
    Rows rows = client.query("DESCRIBE " + index.str());
    while (rows.next())
      if (rows.text(1) != "local" && rows.columns() == 2) tables.agents.emplace_back(rows.text(0));
  }
  return tables;
}

}  // namespace

Tables served_tables(Client& client, const IndexName& index, std::optional<int> days_kept) {
  for (;;) {
    const std::vector<Served> all = all_served(client);
    try {
      return sorted_tables(client, index, all, days_kept);
    } catch (const Error& error) {
      if (error.code() != EX_DATAERR || all_served(client) == all) throw;  // else a day was removed meanwhile
    }
  }
}

bool is_served(Client& client, const std::string& table) {
  const std::vector<Served> all = all_served(client);
  return std::any_of(all.begin(), all.end(), [&](const Served& served) { return served.name == table; });
}

}  // namespace alco::sphinx
