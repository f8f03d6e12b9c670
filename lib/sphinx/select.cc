#include "lib/sphinx/select.h"

#include <algorithm>

#include "lib/sphinx/escape.h"

namespace alco::sphinx {
namespace {

constexpr uint64_t kMaxId = std::numeric_limits<int64_t>::max();

int64_t floor_of(int64_t value, int64_t unit) { return value / unit - (value % unit < 0); }

// A time in the attributes of a table.
struct Split {
  int64_t time, rest;
  bool exact;  // false: the time lies behind them, before the next ones

  Split(Nanoseconds ns, const RowKey& key) {
    time = floor_of(ns, key.unit);
    const int64_t left = ns - time * key.unit;
    rest = key.rest.empty() ? 0 : left / key.rest_unit;
    exact = left == (key.rest.empty() ? 0 : rest * key.rest_unit);
  }
};

std::string joined(const std::string& a, const char* with, const std::string& b) {
  return a.empty() ? b : a + with + b;
}

}  // namespace

Select& Select::where(const std::string& filter) {
  filters_ = joined(filters_, " AND ", filter);
  return *this;
}

Select& Select::where_expression(const std::string& text) {
  expressions_ = joined(expressions_, " AND ", "(" + text + ")");
  return *this;
}

Select& Select::narrow(const Narrowing& narrowing) {
  match_ = narrowing.match;
  return narrowing.where.empty() ? *this : where_expression(narrowing.where);
}

Select& Select::range(const RowRange& range) {
  const auto number = [](int64_t value) { return std::to_string(value); };
  if (range.since != kMinTime) {
    const Split split(range.since, key_);
    where(key_.time + ">=" + number(split.time));
    if (key_.rest.empty() ? !split.exact : split.rest > 0 || !split.exact)
      where_expression(key_.time + ">" + number(split.time) +
                       (key_.rest.empty() ? "" : " OR " + key_.rest + (split.exact ? ">=" : ">") + number(split.rest)));
  }
  if (range.until != kMaxTime) {
    const Split split(range.until, key_);  // first time that is too late, or between
    where(key_.time + "<=" + number(split.time));
    const std::string earlier = key_.time + "<" + number(split.time);
    if (!key_.rest.empty())
      where_expression(earlier + " OR " + key_.rest + (split.exact ? "<" : "<=") + number(split.rest));
    else if (split.exact)
      where_expression(earlier);
  }
  if (range.after && range.order == Order::arrival) {
    where(key_.id + ">" + std::to_string(std::min(range.after->id, kMaxId)));
  } else if (range.after) {
    const bool rising = range.order == Order::oldest_first;
    const char* const behind = rising ? ">" : "<";
    const Split split(range.after->time, key_);
    const uint64_t id = split.exact ? std::min(range.after->id, kMaxId) : kMaxId;
    where(key_.time + behind + "=" + number(split.time));
    const std::string by_id = key_.id + behind + std::to_string(id);
    std::string text = key_.time + behind + number(split.time) + " OR ";
    if (key_.rest.empty())
      text += by_id;
    else
      text += key_.rest + behind + number(split.rest) + " OR (" + key_.rest + "=" + number(split.rest) + " AND " +
              by_id + ")";
    where_expression(text);
  }
  return *this;
}

std::string Select::text(const std::string& columns, const std::string& tail) const {
  std::string text = "SELECT " + columns;
  std::string where;
  if (!match_.empty()) {
    where = "MATCH(";
    append_quoted(where, match_);
    where += ")";
  }
  if (!filters_.empty()) where = joined(where, " AND ", filters_);
  if (!expressions_.empty()) {
    text += ", (" + expressions_ + ") AS k_";
    where = joined(where, " AND ", "k_=1");
  }
  text += " FROM " + from_;
  if (!where.empty()) text += " WHERE " + where;
  return text + tail;
}

std::string Select::order_by(Order order) const {
  if (order == Order::arrival) return " ORDER BY " + key_.id + " ASC";
  const char* const way = order == Order::newest_first ? " DESC" : " ASC";
  return " ORDER BY " + key_.time + way + (key_.rest.empty() ? "" : ", " + key_.rest + way) + ", " + key_.id + way;
}

std::string limit(uint64_t rows) {
  const std::string text = std::to_string(rows);
  return " LIMIT " + text + " OPTION max_matches=" + text + ", ranker=none";
}

}  // namespace alco::sphinx
