#include "lib/retention.h"

#include "lib/timestamp.h"
#include "tests/unit/check.h"

using namespace alco;
using Names = std::vector<std::string>;

namespace {

const int64_t kToday = days_from_civil(2026, 11, 22);

// `count` days that end today, 10 bytes each.
std::vector<KeptDay> days_until_today(int count) {
  std::vector<KeptDay> days;
  for (int i = count - 1; i >= 0; --i) days.push_back({day_name(kToday - i), 10});
  return days;
}

RetentionPlan plan(std::vector<KeptDay> days, Retention retention, Force force = Force::no, int64_t today = kToday) {
  return plan_retention(days, retention, today, force);
}

void keeps_everything_without_a_rule() { CHECK(plan(days_until_today(100), {}).drop.empty()); }

void keeps_so_many_days_with_today() {
  CHECK(plan(days_until_today(30), {30, {}}).drop.empty());
  CHECK((plan(days_until_today(31), {30, {}}).drop == Names{"20261023"}));
  CHECK((plan(days_until_today(2), {1, {}}).drop == Names{"20261121"}));
}

void keeps_the_newest_days_that_fit() {
  CHECK(plan(days_until_today(10), {{}, 100}).drop.empty());
  CHECK((plan(days_until_today(10), {{}, 99}).drop == Names{"20261113"}));
  CHECK((plan(days_until_today(10), {{}, 80}).drop == Names{"20261113", "20261114"}));
}

void the_newest_day_stays() {
  CHECK(plan(days_until_today(1), {{}, 5}).drop.empty());
  CHECK((plan({{"20200101", 10}, {"20200102", 10}}, {1, 1}, Force::yes).drop == Names{"20200101"}));
}

void a_clock_that_jumped_removes_nothing() {
  const RetentionPlan doubted = plan(days_until_today(30), {30, {}}, Force::no, kToday + 365);
  CHECK(doubted.drop.empty());
  CHECK(doubted.warning ==
        "29 of 30 days are too old, more than a fifth at once: none was removed; if the clock is right, use --force");
  CHECK(plan(days_until_today(30), {30, {}}, Force::yes, kToday + 365).drop.size() == 29);
}

void space_is_made_a_fifth_at_a_time() {
  const RetentionPlan first = plan(days_until_today(10), {{}, 20});
  CHECK((first.drop == Names{"20261113", "20261114"}));
  CHECK(first.warning ==
        "8 of 10 days have to go to save space, more than a fifth at once: 2 oldest now, the others in the next runs, "
        "or with --force");
  CHECK(plan(days_until_today(10), {{}, 20}, Force::yes).drop.size() == 8);
}

void both_rules_hold() {
  CHECK((plan(days_until_today(10), {9, 80}).drop == Names{"20261113", "20261114"}));
  CHECK((plan(days_until_today(10), {8, 95}).drop == Names{"20261113", "20261114"}));
}

void other_names_are_never_touched() {
  CHECK((plan({{"..", 1}, {"20261340", 1}, {"20261001", 1}, {"20261122", 1}, {"rejected", 1}}, {1, {}}).drop ==
         Names{"20261001"}));
}

}  // namespace

int main() {
  keeps_everything_without_a_rule();
  keeps_so_many_days_with_today();
  keeps_the_newest_days_that_fit();
  the_newest_day_stays();
  a_clock_that_jumped_removes_nothing();
  space_is_made_a_fifth_at_a_time();
  both_rules_hold();
  other_names_are_never_touched();
  return failures() != 0;
}
