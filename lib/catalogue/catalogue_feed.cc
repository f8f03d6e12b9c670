#include "lib/catalogue/catalogue_feed.h"

#include <algorithm>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kRefreshEvery{10'000};
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{30'000};

}  // namespace

CatalogueFeed::CatalogueFeed(IndexName index, Catalogue& catalogue, ValueTracker& tracker)
    : index_(std::move(index)), catalogue_(catalogue), tracker_(tracker) {}

// Once a day everything counts as new again: what is not seen any more leaves the memory, and a field that was given
// up and has been forgiven meanwhile gets its chance.
void CatalogueFeed::begin_day() {
  const int64_t today = utc_day(now());
  if (today == day_) return;
  tracker_.close(catalogue_.overflowed_fields(index_));
  if (day_ != 0) tracker_.forget();
  day_ = today;
}

void CatalogueFeed::write() {
  const int64_t seconds = now() / kSecond;
  begin_day();
  if (tracker_.empty()) return;
  if (!tracker_.names().empty()) catalogue_.add_fields(index_, tracker_.names(), seconds);
  if (const auto values = tracker_.values(); !values.empty()) catalogue_.add_values(index_, values);
  for (const std::string& field : tracker_.given_up()) catalogue_.give_up(index_, field, seconds);
  tracker_.written();
}

bool CatalogueFeed::settle(Clock::time_point now) {
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
  return true;
}

std::optional<CatalogueFeed::Clock::time_point> CatalogueFeed::due() const {
  if (tracker_.empty()) return std::nullopt;
  return std::max(retry_at_, tracker_.urgent() ? Clock::time_point{} : next_refresh_);
}

}  // namespace alco
