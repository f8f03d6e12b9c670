#include "lib/sphinx/day_tables.h"

#include <chrono>
#include <limits>

#include "lib/timestamp.h"

namespace alco::sphinx {
namespace {

constexpr int64_t kRefresh = 1000;  // ms

int64_t monotonic() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

void DayTables::forget() {
  days_.clear();
  columns_.clear();
  refreshed_ = 0;
}

void DayTables::refresh() {
  days_.clear();
  columns_.clear();
  const std::string prefix = index_.str() + "_";
  Rows rows = client_.query("SHOW TABLES");
  while (rows.next()) {
    if (!rows.text(0).starts_with(prefix) || rows.text(1) != "rt") continue;
    if (const auto day = parse_day_name(rows.text(0).substr(prefix.size()))) days_.insert(*day);
  }
  refreshed_ = monotonic();
}

DayState DayTables::state(int64_t day, int64_t today) {
  if (!days_.contains(day) && (refreshed_ == 0 || monotonic() - refreshed_ >= kRefresh)) refresh();
  if (days_.contains(day)) {
    const int64_t last_past = days_kept_ ? today - *days_kept_ : std::numeric_limits<int64_t>::min();
    const bool past = day <= last_past && *days_.rbegin() > last_past;
    return past ? DayState::expired : DayState::served;
  }
  if (day > today + 1) return DayState::too_young;
  return days_.empty() || day > *days_.rbegin() ? DayState::expected : DayState::too_old;
}

std::string DayTables::table(int64_t day) const { return index_.str() + "_" + day_name(day); }

bool DayTables::has_column(int64_t day, const std::string& name) {
  auto [known, first] = columns_.try_emplace(day);
  if (first) {
    Rows rows = client_.query("DESCRIBE " + table(day));
    while (rows.next()) known->second.emplace(rows.text(0));
  }
  return known->second.contains(lower_case(name));
}

}  // namespace alco::sphinx
