#include "lib/sphinx/arrivals.h"

#include <algorithm>

#include "lib/sphinx/row.h"

namespace alco::sphinx {
namespace {

constexpr int64_t kWriters = int64_t{1} << kWriterBits;
constexpr int64_t kMicros = kWriters;  // an arrival's unit is a µs
constexpr int64_t kSecondOfArrival = 1'000'000 * kMicros;
constexpr int64_t kQuickBack = 60 * kSecondOfArrival;   // a quick look goes back so far
constexpr int64_t kUnknownBack = 5 * kSecondOfArrival;  // for a mark that is not remembered
constexpr uint64_t kGap = uint64_t{1} << 20;            // between marks: room for partial ones
constexpr size_t kRemembered = 4096;
constexpr size_t kMaxTerms = 50;
constexpr std::chrono::seconds kCompleteEvery(2);
constexpr int kCompleteShare = 20;  // complete looks take 1/20 of the time at the most

constexpr int64_t kDayMicros = kDay / 1000;
constexpr int64_t kDayZero = 100'000;  // so that the division rounds down before 1970 too
const std::string kDayOfRow =
    "((ts + " + std::to_string(kDayZero * kDayMicros) + ") DIV " + std::to_string(kDayMicros) + ")";
const std::string kWriterOfRow = "(arrival % " + std::to_string(kWriters) + ")";

std::string from_all(const Tables& tables) {
  if (!tables.agents.empty() || tables.days.empty()) return tables.days.empty() && !tables.whole ? "" : tables.name;
  std::string names;
  for (const DayTable& day : tables.days) names += (names.empty() ? "" : ",") + day.name;
  return names;
}

int64_t seen_of(const Seen& seen, const std::pair<int64_t, int64_t>& key) {
  const auto found = seen.find(key);
  return found == seen.end() ? 0 : found->second;
}

}  // namespace

Arrivals::Look Arrivals::look(const Tables& tables) {
  const std::string from = from_all(tables);
  std::lock_guard lock(mutex_);
  if (from.empty()) return newest_;
  Seen seen = newest_.seen ? *newest_.seen : Seen();
  const auto start = Clock::now();
  const bool complete = !newest_.seen || start > complete_at_ + std::max<Clock::duration>(
                                                                    kCompleteEvery, complete_took_ * kCompleteShare);
  std::string statement = "SELECT " + kWriterOfRow + " AS w_, " + kDayOfRow + " AS d_, MAX(arrival) AS m_ FROM " + from;
  if (!complete) {
    int64_t newest = 0;
    for (const auto& [key, arrival] : seen) newest = std::max(newest, arrival);
    statement += " WHERE arrival>" + std::to_string(std::max<int64_t>(0, newest - kQuickBack));
  }
  statement += " GROUP BY w_, d_ LIMIT 100000 OPTION max_matches=100000";
  std::vector<std::string> warnings;
  connections_->with([&](Client& client) {
    {
      Rows rows = client.query(statement);
      while (rows.next()) {
        int64_t& known = seen[{rows.number(0), rows.number(1) - kDayZero}];
        known = std::max(known, rows.number(2));
      }
    }
    warnings = client.warnings();
  });
  if (complete) {
    complete_at_ = Clock::now();
    complete_took_ = complete_at_ - start;
  }
  newest_.incomplete = std::move(warnings);
  if (newest_.seen && *newest_.seen == seen) return newest_;
  int64_t highest = 0;
  for (const auto& [key, arrival] : seen) highest = std::max(highest, arrival);
  newest_.mark = std::max(static_cast<uint64_t>(highest), newest_.mark == 0 ? 0 : newest_.mark + kGap);
  newest_.seen = std::make_shared<const Seen>(std::move(seen));
  remember(newest_.mark, newest_.seen);
  return newest_;
}

void Arrivals::remember(uint64_t mark, std::shared_ptr<const Seen> seen) {
  if (marks_.insert_or_assign(mark, std::move(seen)).second) order_.push_back(mark);
  if (order_.size() <= kRemembered) return;
  marks_.erase(order_.front());
  order_.pop_front();
}

std::shared_ptr<const Seen> Arrivals::at(uint64_t mark, const Seen& newest) {
  std::lock_guard lock(mutex_);
  if (const auto found = marks_.find(mark); found != marks_.end()) return found->second;
  auto seen = std::make_shared<Seen>();
  if (mark == 0 || mark > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return seen;
  const auto arrival = static_cast<int64_t>(mark);
  for (const auto& [key, last] : newest) {
    const bool own = key.first == arrival % kWriters;
    (*seen)[key] = std::min(last, own ? arrival : arrival - kUnknownBack);
  }
  return seen;
}

uint64_t Arrivals::partial(uint64_t base, uint64_t end, const Seen& from, const Seen& to, int64_t last) {
  auto seen = std::make_shared<Seen>(from);
  for (const auto& [key, newest] : to) {
    int64_t& value = (*seen)[key];
    value = std::max(value, std::min(newest, last));
  }
  std::lock_guard lock(mutex_);
  auto next = marks_.lower_bound(end);
  uint64_t mark = base + 1;
  if (next != marks_.begin()) mark = std::max(mark, std::prev(next)->first + 1);
  if (mark >= end) return base;
  remember(mark, std::move(seen));
  return mark;
}

ArrivalScan::ArrivalScan(std::shared_ptr<Connections> connections, std::shared_ptr<Arrivals> arrivals,
                         const Tables& tables, const Narrowing& narrowing, const ScanRequest& request)
    : arrivals_(std::move(arrivals)), request_(request), hits_(request), base_(request.after ? request.after->id : 0) {
  Arrivals::Look look = arrivals_->look(tables);
  end_ = look.mark;
  incomplete_ = std::move(look.incomplete);
  to_ = look.seen ? look.seen : std::make_shared<const Seen>();
  from_ = arrivals_->at(base_, *to_);
  int64_t low = std::numeric_limits<int64_t>::max(), high = 0;
  std::string terms;
  size_t count = 0;
  for (const auto& [key, newest] : *to_) {
    const int64_t seen = seen_of(*from_, key);
    if (newest <= seen) continue;
    low = std::min(low, seen);
    high = std::max(high, newest);
    terms += (++count == 1 ? "(" : " OR (") + kWriterOfRow + "=" + std::to_string(key.first) + " AND " + kDayOfRow +
             "=" + std::to_string(key.second + kDayZero) + " AND arrival>" + std::to_string(seen) +
             " AND arrival<=" + std::to_string(newest) + ")";
  }
  if (count == 0) {
    ended_ = true;
    return;
  }
  if (count > kMaxTerms) terms = "arrival<=" + std::to_string(high);
  Source source{from_all(tables), row_key(), false, narrowing, ""};
  source.narrowing.where += (source.narrowing.where.empty() ? "(" : " AND (") + terms + ")";
  StreamRequest stream;
  stream.range = {request.since, request.until, Order::arrival, Position{0, static_cast<uint64_t>(low)}};
  stream.members = hits_.members();
  stream.cancel = request.cancel;
  rows_ = std::make_unique<RowStream>(std::move(connections), std::vector<Source>{std::move(source)}, stream);
}

bool ArrivalScan::next(Hit& hit) {
  if (row_) rows_->pop();
  row_ = nullptr;
  while (!ended_ && count_ < request_.limit) {
    const StoredRow* const row = rows_->front();
    if (!row) {
      ended_ = !(request_.cancel && *request_.cancel);
      return false;
    }
    const auto arrival = static_cast<int64_t>(row->at.id);
    const std::pair<int64_t, int64_t> key{arrival % kWriters, utc_day(row->at.time)};
    ++rows_read_;
    if (arrival > seen_of(*from_, key) && arrival <= seen_of(*to_, key)) {
      last_ = arrival;
      if (hits_.take(*row, hit)) {
        ++count_;
        row_ = row;
        return true;
      }
    }
    rows_->pop();
  }
  return false;
}

uint64_t ArrivalScan::mark() const {
  if (ended_) return std::max(base_, end_);
  return last_ == 0 ? base_ : arrivals_->partial(base_, end_, *from_, *to_, last_);
}

ScanStats ArrivalScan::stats() const {
  ScanStats stats;
  stats.events = rows_read_;
  stats.incomplete = incomplete_;
  if (!rows_) return stats;
  stats.blocks = rows_->pages();
  stats.bytes = rows_->bytes();
  stats.incomplete.insert(stats.incomplete.end(), rows_->incomplete().begin(), rows_->incomplete().end());
  return stats;
}

}  // namespace alco::sphinx
