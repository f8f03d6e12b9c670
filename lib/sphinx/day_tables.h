#pragma once
// The indexes of single days that searchd has now, and what to do with the events of a day that it has none for.
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/index_name.h"
#include "lib/sphinx/client.h"

namespace alco::sphinx {

enum class DayState : unsigned char {
  served,
  expired,    // served, but past the retention: alco-rotate is to remove it
  expected,   // its index will come: it lies between the newest of searchd and tomorrow
  too_old,    // before the oldest, or in a gap
  too_young,  // behind tomorrow: no clock is right that says so
};

class DayTables {
 public:
  DayTables(Client& client, IndexName index, std::optional<int> days_kept)
      : client_(client), index_(std::move(index)), days_kept_(days_kept) {}

  void forget();  // searchd may be another one now

  // Asks searchd when it does not know the day, at most once a second. If all days were expired, none is: the
  // clock is wrong.
  DayState state(int64_t day, int64_t today);
  bool has(int64_t day, int64_t today) { return state(day, today) <= DayState::expired; }
  std::string table(int64_t day) const;  // "app_20261122"

  // Whether the day's index has such a column. Asks searchd once for each day.
  bool has_column(int64_t day, const std::string& name);

 private:
  void refresh();

  Client& client_;
  IndexName index_;
  std::optional<int> days_kept_;
  std::set<int64_t> days_;
  std::map<int64_t, std::set<std::string>> columns_;
  int64_t refreshed_ = 0;  // monotonic ms; 0: never
};

}  // namespace alco::sphinx
