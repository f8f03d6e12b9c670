#include "lib/catalogue/catalogue_feed.h"

#include <algorithm>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRefreshEvery{10'000};
constexpr milliseconds kLookEvery{60'000};
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{30'000};

}  // namespace

CatalogueFeed::CatalogueFeed(IndexName index, Catalogue& catalogue, ValueTracker& tracker)
    : index_(std::move(index)), catalogue_(catalogue), tracker_(tracker) {}

std::vector<std::string> CatalogueFeed::look() {
  std::vector<std::string> names = catalogue_.fields(index_);
  if (!std::includes(names.begin(), names.end(), given_.begin(), given_.end())) {
    log::notice("the catalogue has lost what it had: it is written again");
    tracker_.write_again(now() / kSecond);
    given_.clear();
  }
  return names;
}

// Once a day everything counts as new again: what is not seen any more leaves the memory, names get their new time, and
// a field that was given up and has been forgiven meanwhile gets its chance.
void CatalogueFeed::write() {
  if (tracker_.empty()) return;
  const int64_t seconds = now() / kSecond, today = utc_day(now());
  if (today != day_) {
    tracker_.close(catalogue_.overflowed_fields(index_));
    given_.clear();
  }
  const size_t known = look().size();
  const std::vector<std::string> names = tracker_.names();
  if (!names.empty()) catalogue_.add_fields(index_, names, seconds);
  if (const auto values = tracker_.values(); !values.empty()) catalogue_.add_values(index_, values);
  for (const std::string& field : tracker_.given_up()) catalogue_.give_up(index_, field, seconds);
  tracker_.written();
  if (known + names.size() <= kMaxFieldsPerIndex) given_.insert(names.begin(), names.end());  // else some are left out
  if (today != day_ && day_ != 0) tracker_.forget();
  day_ = today;
}

bool CatalogueFeed::settle(Clock::time_point now) {
  if (now >= next_look_) {
    next_look_ = now + kLookEvery;
    try {
      if (!given_.empty() && day_ == utc_day(alco::now())) look();
    } catch (const Error&) {
      next_look_ = now + kFirstPause;  // that it is away is said when there is something to write
    }
  }
  if (tracker_.empty() || (!tracker_.urgent() && now < next_refresh_)) return true;
  if (now < retry_at_) return false;
  try {
    write();
  } catch (const Error& error) {
    pause_ = pause_.count() == 0 ? kFirstPause : std::min(pause_ * 2, kLongestPause);
    retry_at_ = Clock::now() + pause_;
    log::warning_limited("catalogue", "%s; %zu names and values wait, records are passed on", error.what(),
                         tracker_.waiting());
    return false;
  }
  if (pause_.count() != 0) log::notice("the catalogue is back");
  pause_ = milliseconds(0);
  next_refresh_ = now + kRefreshEvery;
  next_look_ = now + kLookEvery;
  return true;
}

std::optional<CatalogueFeed::Clock::time_point> CatalogueFeed::due() const {
  std::optional<Clock::time_point> due;
  if (!tracker_.empty()) due = std::max(retry_at_, tracker_.urgent() ? Clock::time_point{} : next_refresh_);
  if (!given_.empty() && (!due || next_look_ < *due)) due = next_look_;
  return due;
}

}  // namespace alco
