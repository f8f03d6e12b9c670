#include "lib/store/block_rows.h"

#include <random>

#include "lib/event_parser.h"
#include "lib/store/dir_store.h"
#include "lib/store/merge.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;
const IndexName kIndex = IndexName::require("t");

void aims_at_a_number_of_bytes() {
  store::BlockRows rows;
  CHECK(rows.next() == 16'384);
  rows.learn(16'384, 16'384 * 18);
  CHECK(rows.next() == 4096);
  rows.learn(4096, 4096 * 7);
  CHECK(rows.next() == 8192);
  rows.learn(8192, 100);
  CHECK(rows.next() == 32'768);
  rows.learn(75, 75 * 400);  // of a live stream
  CHECK(rows.next() == 32'768);
}

std::string random_id(std::mt19937& random) {
  char text[40];
  snprintf(text, sizeof text, "%08x%08x%08x%08x", static_cast<unsigned>(random()), static_cast<unsigned>(random()),
           static_cast<unsigned>(random()), static_cast<unsigned>(random()));
  return text;
}

// `text(number)` makes the messages.
template <class Text>
void add(Writer& writer, int events, Text text) {
  EventParser parser;
  for (int i = 0; i < events; ++i)
    writer.add(parser.parse("{\"@timestamp\":\"" + to_rfc3339(kArrival + i * kSecond / 100) + "\",\"message\":\"" +
                                text(i) + "\"}",
                            kArrival),
               std::nullopt);
}

// Events of the blocks of the segments of the only day.
std::vector<std::vector<uint64_t>> blocks_of(const store::DirStore& store) {
  const store::IndexFolder files(real_disk(), store.index_path(kIndex));
  std::vector<std::vector<uint64_t>> all;
  for (const store::DayListing& day : files.list())
    for (const store::SegmentName& name : day.segments) {
      auto& blocks = all.emplace_back();
      const store::Segment segment(real_disk(), files.day_path(day.day) + "/" + name.str(), name.first);
      for (const auto& block : segment.blocks()) blocks.push_back(block.summary.rows);
    }
  return all;
}

using Blocks = std::vector<std::vector<uint64_t>>;

void what_repeats_stands_in_large_blocks() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const auto repeats = [](int i) { return "request " + std::to_string(i % 100) + " came"; };
  for (int commit = 0; commit < 2; ++commit) {  // each by a writer of its own
    const auto writer = store.writer(kIndex);
    add(*writer, 40'000, repeats);
    writer->commit();
  }
  CHECK((blocks_of(store) == Blocks{{16'384, 16'384, 7232}, {32'768, 7232}}));
}

void what_does_not_stands_in_small_ones() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  std::mt19937 random(7);
  const auto writer = store.writer(kIndex);
  for (int commit = 0; commit < 2; ++commit) {
    add(*writer, 5000, [&](int) { return random_id(random); });
    writer->commit();
  }
  CHECK((blocks_of(store) == Blocks{{5000}, {4096, 904}}));
  const store::IndexFolder files(real_disk(), store.index_path(kIndex));
  for (const std::string& day : files.days()) merge_day(files, day);
  CHECK((blocks_of(store) == Blocks{{4096, 4096, 1808}}));
}

}  // namespace

int main() {
  aims_at_a_number_of_bytes();
  what_repeats_stands_in_large_blocks();
  what_does_not_stands_in_small_ones();
  return failures() != 0;
}
