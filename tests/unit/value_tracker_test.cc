#include "lib/catalogue/value_tracker.h"

#include <algorithm>

#include "lib/event_parser.h"
#include "tests/unit/check.h"

using namespace alco;

namespace {

constexpr int64_t kTime = 1'795'000'000;

// Feeds events to a tracker and shows what it would write.
struct Fixture {
  IndexConfig config;
  ValueTracker tracker{config};
  EventParser parser;

  Fixture() = default;
  explicit Fixture(IndexConfig c) : config(std::move(c)), tracker(config) {}

  void note(const std::string& members, int64_t time = kTime) {
    const std::string line = "{\"ts\":" + std::to_string(time) + "," + members + "}";
    tracker.note(parser.parse(line, kTime * kSecond), kTime);
  }
  std::string values() const {
    std::string text;
    for (const SeenValue& seen : tracker.values()) text += seen.field + "=" + seen.value + " ";
    return text;
  }
};

void hands_over_each_value_once() {
  Fixture f;
  f.note(R"("host":"a","http":{"method":"GET"})");
  f.note(R"("host":"a","http":{"method":"PUT"})");
  CHECK(f.values() == "host=a http.method=GET http.method=PUT ");
  CHECK((f.tracker.names() == std::vector<std::string>{"host", "http.method"}));
  CHECK(f.tracker.urgent());
  f.tracker.written();
  f.note(R"("host":"a")");
  CHECK(f.tracker.empty() && !f.tracker.urgent());
}

void refreshes_the_time_of_a_value_now_and_then() {
  Fixture f;
  f.note(R"("host":"a")", kTime - 1000);
  f.tracker.written();
  f.note(R"("host":"a")", kTime - 1000 + kRefreshSeconds - 1);
  CHECK(f.tracker.empty());
  f.note(R"("host":"a")", kTime - 1000 + kRefreshSeconds);
  CHECK(f.values() == "host=a " && !f.tracker.urgent());
}

void what_a_catalogue_lost_is_handed_over_again() {
  Fixture f;
  f.note(R"("host":"old","level":"INFO")", kTime - 2 * 86400);
  f.note(R"("host":"a")");
  f.tracker.written();
  f.note(R"("host":"new")");
  f.tracker.write_again(kTime);
  CHECK(f.values() == "host=new host=a ");  // old: it may be past its retention
  std::vector<std::string> names = f.tracker.names();
  std::sort(names.begin(), names.end());
  CHECK((names == std::vector<std::string>{"host", "level"}) && f.tracker.urgent());
  f.tracker.written();
  CHECK(f.tracker.empty());
  for (size_t i = 0; i <= kAutoValuesPerField; ++i) f.note("\"request\":\"" + std::to_string(i) + "\"");
  f.tracker.written();
  f.tracker.write_again(kTime);
  CHECK(f.tracker.given_up() == std::vector<std::string>{"request"});
}

void a_time_in_the_future_counts_as_now() {
  Fixture f;
  f.note(R"("host":"a")", kTime + 1'000'000);
  CHECK(f.tracker.values()[0].last_seen == kTime);
}

void numbers_count_only_where_it_makes_sense() {
  Fixture f;
  f.note(R"("status":404,"duration":3,"ok":true)");
  CHECK(f.values() == "status=404 ");
}

void gives_up_what_is_no_category() {
  Fixture f;
  for (size_t i = 0; i <= kAutoValuesPerField; ++i) f.note("\"id\":\"" + std::to_string(i) + "\"");
  f.note("\"text\":\"" + std::string(kAutoValueBytes + 1, 'x') + "\"");
  CHECK((f.tracker.given_up() == std::vector<std::string>{"id", "text"}));
  CHECK(f.values().empty());
  f.note(R"("id":"new","text":"short")");
  CHECK(f.values().empty());
}

void usual_names_may_have_many_values() {
  Fixture f;
  for (size_t i = 0; i <= kAutoValuesPerField; ++i) f.note("\"host\":\"" + std::to_string(i) + "\"");
  CHECK(f.tracker.given_up().empty());
  CHECK(f.tracker.values().size() == kAutoValuesPerField + 1);
}

void the_configuration_decides_if_it_names_any() {
  IndexConfig config;
  ColumnConfig filtered, excluded;
  filtered.filtered = true;
  excluded.excluded = true;
  config.columns = {{"code", filtered}, {"password", excluded}};
  Fixture f(config);
  f.note(R"("host":"a","code":7,"password":"x")");
  CHECK(f.values() == "code=7 ");
  CHECK((f.tracker.names() == std::vector<std::string>{"host", "code"}));
}

void a_closed_field_is_left_alone() {
  Fixture f;
  f.note(R"("host":"a")");
  f.tracker.close({"host", "level"});
  f.note(R"("host":"b","level":"INFO","app":"x")");
  CHECK(f.values() == "app=x ");
}

void memory_is_bounded() {
  Fixture f;
  for (int field = 0; field < 11; ++field)
    for (size_t i = 0; i < kMaxValuesPerField; ++i)
      f.note("\"f" + std::to_string(field) + "\":{\"host\":\"" + std::to_string(i) + "\"}");
  CHECK(f.tracker.values().size() == kMaxTrackedValues);
  CHECK(f.tracker.left_out() == kMaxValuesPerField);
  for (size_t i = 0; i < 2 * kMaxFieldsPerIndex; ++i) f.note("\"name" + std::to_string(i) + "\":1");
  CHECK(f.tracker.names().size() == kMaxFieldsPerIndex);
  f.tracker.written();
  f.tracker.forget();
  f.note(R"("host":"a")");
  CHECK(f.values() == "host=a ");
}

}  // namespace

int main() {
  hands_over_each_value_once();
  refreshes_the_time_of_a_value_now_and_then();
  what_a_catalogue_lost_is_handed_over_again();
  a_time_in_the_future_counts_as_now();
  numbers_count_only_where_it_makes_sense();
  gives_up_what_is_no_category();
  usual_names_may_have_many_values();
  the_configuration_decides_if_it_names_any();
  a_closed_field_is_left_alone();
  memory_is_bounded();
  return failures() != 0;
}
