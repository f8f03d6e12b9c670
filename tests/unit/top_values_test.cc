// The most frequent values of a field, also when they do not fit into the memory that is given to them.
#include "lib/event_parser.h"
#include "lib/store/best_values.h"
#include "lib/store/dir_store.h"
#include "lib/store/value_tally.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;
const IndexName kIndex = IndexName::require("t");

void the_best_are_kept() {
  store::BestValues best(3);
  for (int i = 0; i < 5000; ++i) best.add("v" + std::to_string(i), static_cast<uint64_t>(i % 1000));
  const std::vector<ValueCount> values = best.take();
  CHECK(values.size() == 3);
  CHECK(values[0].value == "v1999" && values[0].count == 999);
  CHECK(values[1].value == "v2999");
  CHECK(values[2].value == "v3999");
  store::BestValues none(0);
  none.add("v", 1);
  CHECK(none.take().empty());
}

void shares_hold_each_value_once() {
  const store::ValueShare shares[] = {{2, 1}, {1, 0}, {2, 3}};
  for (int i = 0; i < 1000; ++i) {
    int holding = 0;
    for (const store::ValueShare& share : shares) holding += share.has("value " + std::to_string(i));
    CHECK(holding == 1);
  }
}

std::string value_of(int number) { return std::to_string(number) + std::string(3000, 'x'); }

void many_long_values_are_counted_in_several_passes() {
  constexpr int kValues = 12'000, kOften = 7777;  // 36 MB
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const auto writer = store.writer(kIndex);
  EventParser parser;
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < kValues; ++i)
      if (round == 0 || i == kOften || i == 5)
        writer->add(parser.parse("{\"v\":\"" + value_of(i) + "\"}", kArrival), std::nullopt);
    writer->add(parser.parse("{\"w\":1}", kArrival), std::nullopt);
    writer->commit();
  }
  const TopValues top = store.reader(kIndex)->top({}, "v", 3);
  CHECK(top.distinct == kValues);
  CHECK(top.without == 2);
  CHECK(top.stats.events == kValues + 4);
  CHECK(top.values.size() == 3);
  CHECK(top.values[0].value == value_of(5) && top.values[0].count == 2);
  CHECK(top.values[1].value == value_of(kOften) && top.values[1].count == 2);
  CHECK(top.values[2].value == value_of(0) && top.values[2].count == 1);
}

template <class Call>
bool is_refused(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error.code() == EX_USAGE;
  }
  return false;
}

// Counts by request, by user and so on would take as much memory as there are events.
void too_many_values_are_not_counted_over_time() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const auto writer = store.writer(kIndex);
  EventParser parser;
  for (int i = 0; i < 40'000; ++i) {
    const std::string text = "{\"v\":\"" + std::to_string(i) + "\",\"few\":" + std::to_string(i % 100) + "}";
    writer->add(parser.parse(text, kArrival + i * kSecond), std::nullopt);
  }
  writer->commit();
  const auto reader = store.reader(kIndex);
  for (const size_t buckets : {100, 2000}) {
    const Nanoseconds width = 40'000 * kSecond / static_cast<Nanoseconds>(buckets);
    CHECK(reader->histogram({}, kArrival, width, buckets, "few").counts.size() == 100);
    CHECK(is_refused([&] { (void)reader->histogram({}, kArrival, width, buckets, "v"); }));
    CHECK(is_refused([&] { (void)query::tally_times(*reader, {}, kArrival, width, buckets, "v"); }));
  }
}

// Few cells, but much text: what no reader may keep.
void too_long_values_are_not_counted_over_time() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const auto writer = store.writer(kIndex);
  EventParser parser;
  for (int i = 0; i < 200; ++i) {
    const std::string text = "{\"v\":\"" + std::to_string(i) + std::string(100'000, 'x') + "\"}";
    for (int again = 0; again < 2; ++again) writer->add(parser.parse(text, kArrival + i * kSecond), std::nullopt);
  }
  writer->commit();
  const auto reader = store.reader(kIndex);
  const auto values = [&](int seconds) {
    ScanRequest request;
    request.until = kArrival + seconds * kSecond;
    return query::tally_times(*reader, request, kArrival, 1000 * kSecond, 1, "v").counts.size();
  };
  CHECK(values(160) == 160);  // 16.0 MB
  CHECK(is_refused([&] { (void)values(200); }));
}

}  // namespace

int main() {
  the_best_are_kept();
  shares_hold_each_value_once();
  many_long_values_are_counted_in_several_passes();
  too_many_values_are_not_counted_over_time();
  too_long_values_are_not_counted_over_time();
  return failures() != 0;
}
