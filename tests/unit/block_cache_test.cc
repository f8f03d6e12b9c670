#include "lib/store/block_cache.h"

#include <random>

#include "lib/event_parser.h"
#include "lib/store/dir_store.h"
#include "lib/store/index_folder.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;
const IndexName kIndex = IndexName::require("t");

using Segments = std::vector<std::shared_ptr<store::Segment>>;

// One a day, each of one block, with so much text that does not pack.
Segments segments(const TempFolder& folder, int days, size_t text_bytes) {
  store::DirStore store(real_disk(), folder.path());
  std::mt19937 random(3);
  std::string text(text_bytes, ' ');
  for (char& c : text) c = static_cast<char>(' ' + random() % 95);
  std::erase_if(text, [](char c) { return c == '"' || c == '\\'; });
  const auto writer = store.writer(kIndex);
  EventParser parser;
  for (int i = 0; i < days; ++i)
    writer->add(parser.parse("{\"message\":\"" + text + "\"}", kArrival + i * 86'400 * kSecond), std::nullopt);
  writer->commit();
  const store::IndexFolder files(real_disk(), store.index_path(kIndex));
  Segments all;
  for (const store::DayListing& day : files.list())
    for (const store::SegmentName& name : day.segments)
      all.push_back(
          std::make_shared<store::Segment>(real_disk(), files.day_path(day.day) + "/" + name.str(), name.first));
  return all;
}

void gives_a_block_once() {
  TempFolder folder;
  const Segments all = segments(folder, 2, 10);
  store::BlockCache cache;
  CHECK(!cache.take(*all[0], 0));
  auto block = std::make_unique<store::Block>(all[0], 0);
  const store::Block* const same = block.get();
  cache.put(std::move(block));
  CHECK(!cache.take(*all[1], 0));
  CHECK(cache.take(*all[0], 0).get() == same);
  CHECK(!cache.take(*all[0], 0));
}

void keeps_those_put_in_last() {
  TempFolder folder;
  const Segments all = segments(folder, 10, 10);
  CHECK(all.size() == 10);
  store::BlockCache cache;
  for (const auto& segment : all) cache.put(std::make_unique<store::Block>(segment, 0));
  size_t kept = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool here = cache.take(*all[i], 0) != nullptr;
    kept += here;
    CHECK(here == (i >= 2));
  }
  CHECK(kept == 8);
}

void keeps_no_large_ones() {
  TempFolder folder;
  const Segments all = segments(folder, 1, 900'000);
  CHECK(all[0]->blocks()[0].size > 512 * 1024);
  store::BlockCache cache;
  cache.put(std::make_unique<store::Block>(all[0], 0));
  CHECK(!cache.take(*all[0], 0));
}

}  // namespace

int main() {
  gives_a_block_once();
  keeps_those_put_in_last();
  keeps_no_large_ones();
  return failures() != 0;
}
