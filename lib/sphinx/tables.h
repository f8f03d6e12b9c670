#pragma once
// What a searchd serves of one index of ALCO: its days, and whether other hosts have more of them.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/index_name.h"
#include "lib/sphinx/client.h"
#include "lib/timestamp.h"

namespace alco::sphinx {

// How the rows of a table say when they were logged, and which they are. All orders are by these three.
struct RowKey {
  std::string time;  // attribute, in `unit`
  Nanoseconds unit = 1000;
  std::string rest;  // attribute, in `rest_unit`: what `time` lacks; "" if there is none
  Nanoseconds rest_unit = 1;
  std::string id;  // attribute that readers show as the id
  bool operator==(const RowKey&) const = default;
};

// A day's real-time index made by alco-sphinxconf.
struct DayTable {
  std::string name;  // "app_20261122"
  int64_t day = 0;   // since 1970
  bool operator==(const DayTable&) const = default;
};

// Day indexes of the first ALCO (Python): id, logline, js and a time; they have no flags and no marks.
struct OldTables {
  RowKey key;
  std::vector<std::string> names;
  bool operator==(const OldTables&) const = default;
};

struct Tables {
  std::vector<DayTable> days;        // on this host, by rising day
  std::vector<OldTables> old;        // on this host, by kind
  std::vector<int64_t> distributed;  // days from which on there is a NAME_DAY_distr, rising
  bool whole = false;                // there is a distributed index of the plain name
  std::vector<std::string> agents;   // of it
  std::string name;

  bool empty() const { return days.empty() && old.empty() && !whole; }
  // What holds every event from `since` on, here and on the agents.
  std::string distributed_from(Nanoseconds since) const;
  bool operator==(const Tables&) const = default;
};

const RowKey& row_key();  // of DayTable

// Every index that searchd serves in this manner.
std::vector<IndexName> served_indexes(Client& client);
// Days before the last `days_kept` are not among `days`, nor are they touched: alco-rotate is to remove them. The first
// ALCO's stay as long as searchd has them.
Tables served_tables(Client& client, const IndexName& index, std::optional<int> days_kept);
bool is_served(Client& client, const std::string& table);

}  // namespace alco::sphinx
