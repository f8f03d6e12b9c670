#include "lib/store/dir_store.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>
#include <set>
#include <thread>

#include "lib/error.h"
#include "lib/event_parser.h"
#include "lib/query/parse.h"
#include "lib/store/index_folder.h"
#include "lib/store/maintenance.h"
#include "lib/store/merge.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

const IndexName kIndex = IndexName::require("t");
constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;

void write(Writer& writer, const std::vector<std::string>& lines, uint64_t first_id = 0) {
  EventParser parser;
  for (const std::string& line : lines) {
    std::optional<MessageId> id;
    if (first_id > 0) id = MessageId{first_id++, 77};
    writer.add(parser.parse(line, kArrival), id);
  }
}

struct Answer {
  std::vector<std::string> lines;
  std::vector<uint64_t> ids;
  ScanStats stats;
};

Answer read(Reader& reader, Order order = Order::oldest_first) {
  ScanRequest request;
  request.order = order;
  request.json = true;
  const auto scan = reader.scan(request);
  Answer answer;
  Hit hit;
  while (scan->next(hit)) {
    answer.lines.emplace_back(hit.json);
    answer.ids.push_back(hit.at.id);
  }
  answer.stats = scan->stats();
  return answer;
}

// As an export does: much JSON is written in another way.
std::vector<std::string> exported(Reader& reader) {
  ScanRequest request;
  request.json = true;
  request.message = false;
  const auto scan = reader.scan(request);
  std::string all;
  for (Hit hit; scan->next(hit);) {
    all.append(hit.json) += '\n';
    for (std::string_view lines; scan->next_lines(lines) > 0;) all += lines;
  }
  std::vector<std::string> lines;
  for (size_t at = 0, end; (end = all.find('\n', at)) != all.npos; at = end + 1)
    lines.push_back(all.substr(at, end - at));
  return lines;
}

std::string line_of(int64_t second, int number) {
  return "{\"@timestamp\":\"" + to_rfc3339(kArrival + second * kSecond) + "\",\"message\":\"line " +
         std::to_string(number) + " of the test\",\"n\":" + std::to_string(number) + "}";
}

void gives_back_any_json() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const std::string time = "{\"@timestamp\":\"2026-11-20T06:00:00.000001Z\",";
  std::vector<std::string> lines = {
      time + R"("message":"plain"})",
      time + R"("message":"","empty":"","o":{},"a":[]})",
      time +
          R"("n":null,"t":true,"f":false,"i":-9223372036854775808,"u":18446744073709551615,"m":9223372036854775807})",
      time + R"("d":0.1,"e":1e300,"z":-0.0,"one":1.0,"tiny":5e-324,"third":0.3333333333333333})",
      time + R"("big":123456789012345678901234567890,"a":[1,"x",null,{"y":[2.5]}]})",
      time + R"("o":{"p":{"q":1,"r":{"s":"deep"}},"t":[]},"o.p":"dotted"})",
      time + R"("k":1,"k":"again","k":2})",
      time + R"("message":5})",
      time + R"("":"no name","\u0000":"nul \u0000 inside","\"\\":"quotes"})",
      time + R"("s":"aB3xZ9 10.0.0.1 de305d54-75b4-431b-adb2-eb6b9e546014 007 0xfe"})",
      R"({"@timestamp":"2026-11-20T06:00:00.000001999Z","message":"06:00:00 \"x\\\u0001\" 255.0.10.1 7 123456 1234567890123"})",
      R"({"@timestamp":"2026-11-20T06:00:00.000002Z","message":"[ab34-x9y8] DE305D54 00000000000000000000000000000000ff \u00e9"})",
  };
  for (size_t i = 0; i < 400; ++i) lines.push_back(lines[i % 12]);
  for (size_t i = 0; i < 100; ++i) lines.push_back(line_of(static_cast<int64_t>(i), static_cast<int>(i)));
  EventParser parser;
  std::vector<std::string> expected;
  for (const std::string& line : lines) {
    expected.emplace_back();
    append_json(expected.back(), parser.parse(line, kArrival));
  }
  auto writer = store.writer(kIndex);
  write(*writer, lines);
  CHECK(writer->commit().stored == lines.size());
  const Answer answer = read(*store.reader(kIndex));
  CHECK(answer.lines.size() == expected.size());
  std::vector<std::string> sorted = answer.lines;
  std::sort(sorted.begin(), sorted.end());
  std::sort(expected.begin(), expected.end());
  CHECK(sorted == expected);
  CHECK(exported(*store.reader(kIndex)) == answer.lines);
}

void keeps_the_order_of_arrival_at_one_instant() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  auto writer = store.writer(kIndex);
  std::vector<std::string> lines;
  for (int i = 0; i < 100'000; ++i) lines.push_back(line_of(0, i));
  for (size_t i = 0; i < lines.size(); i += 30'000) {
    write(*writer, {lines.begin() + static_cast<ptrdiff_t>(i),
                    lines.begin() + static_cast<ptrdiff_t>(std::min(lines.size(), i + 30'000))});
    writer->commit();
  }
  const Answer answer = read(*store.reader(kIndex));
  CHECK(answer.lines == lines);
  CHECK(std::set<uint64_t>(answer.ids.begin(), answer.ids.end()).size() == lines.size());
  for (size_t i = 0; i < lines.size() && i < answer.lines.size(); ++i)
    if (answer.lines[i] != lines[i]) {
      fprintf(stderr, "%zu: expected %s\n but got %s\n", i, lines[i].c_str(), answer.lines[i].c_str());
      break;
    }
  Answer newest = read(*store.reader(kIndex), Order::newest_first);
  std::reverse(newest.lines.begin(), newest.lines.end());
  CHECK(newest.lines == lines);
}

void two_writers_lose_nothing() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const auto work = [&](int base) {
    auto writer = store.writer(kIndex);
    for (int batch = 0; batch < 25; ++batch) {
      std::vector<std::string> lines;
      for (int i = 0; i < 40; ++i) lines.push_back(line_of(batch, base + batch * 40 + i));
      write(*writer, lines);
      writer->commit();
    }
  };
  { std::jthread first(work, 0), second(work, 1000); }
  const Answer answer = read(*store.reader(kIndex));
  CHECK(answer.lines.size() == 2000);
  CHECK((std::set<std::string>(answer.lines.begin(), answer.lines.end()).size() == 2000));
  CHECK((std::set<uint64_t>(answer.ids.begin(), answer.ids.end()).size() == 2000));
}

void a_message_that_comes_again_is_not_stored_again() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  std::vector<std::string> lines;
  for (int i = 0; i < 100; ++i) lines.push_back(line_of(i, i));
  {
    auto writer = store.writer(kIndex);
    write(*writer, lines, 1);
    write(*writer, lines, 1);  // twice in one batch
    const CommitResult result = writer->commit();
    CHECK(result.stored == 100);
    CHECK(result.repeated == 100);
    write(*writer, lines, 1);  // after the commit
    CHECK(writer->commit().stored == 0);
  }
  {
    auto writer = store.writer(kIndex);  // after a restart
    write(*writer, lines, 1);
    CHECK(writer->commit().stored == 0);
  }
  // Two writers have the same messages pending; the second to commit finds out under the lock.
  auto first = store.writer(kIndex);
  auto second = store.writer(kIndex);
  std::vector<std::string> more;
  for (int i = 0; i < 50; ++i) more.push_back(line_of(i, 1000 + i));
  write(*second, {line_of(7, 5000), line_of(8, 5001)}, 9000);
  write(*second, more, 500);
  write(*first, more, 500);
  CHECK(first->commit().stored == 50);
  const CommitResult late = second->commit();
  CHECK(late.stored == 2);
  CHECK(late.repeated == 50);
  CHECK(read(*store.reader(kIndex)).lines.size() == 152);
}

void merging_changes_nothing_for_readers() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  std::mt19937 random(5);
  std::vector<std::pair<int64_t, std::string>> expected;
  {
    auto writer = store.writer(kIndex);
    for (int batch = 0; batch < 60; ++batch) {
      std::vector<std::string> lines;
      for (int i = 0; i < 30; ++i) {
        const auto second = static_cast<int64_t>(random() % 200'000);
        lines.push_back(line_of(second, batch * 30 + i));
        expected.emplace_back(second, lines.back());
      }
      write(*writer, lines);
      writer->commit();
    }
  }
  std::stable_sort(expected.begin(), expected.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto reader = store.reader(kIndex);
  const auto same = [&] {
    const Answer answer = read(*reader);
    if (answer.lines.size() != expected.size() || !answer.stats.incomplete.empty()) return false;
    for (size_t i = 0; i < expected.size(); ++i)
      if (answer.lines[i] != expected[i].second) return false;
    return true;
  };
  CHECK(same());
  std::atomic<bool> done{false};
  std::thread reading([&] {
    while (!done) CHECK(same());
  });

  for (const auto& day : store::usage(real_disk(), folder.path(), kIndex))
    store::merge(real_disk(), folder.path(), kIndex, day.day);
  done = true;
  reading.join();
  CHECK(same());
  for (const auto& day : store::usage(real_disk(), folder.path(), kIndex)) CHECK(day.segments == 1);
  CHECK(store::verify(real_disk(), folder.path(), kIndex).empty());
}

void damage_is_named_and_the_rest_is_read() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  auto writer = store.writer(kIndex);
  std::set<std::string> all;
  for (int batch = 0; batch < 3; ++batch) {
    std::vector<std::string> lines;
    for (int i = 0; i < 200; ++i) lines.push_back(line_of(i, batch * 200 + i));
    all.insert(lines.begin(), lines.end());
    write(*writer, lines);
    writer->commit();
  }
  std::string victim;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.path().extension() == ".seg") victim = std::max(victim, entry.path().string());
  std::ifstream in(victim, std::ios::binary);
  const std::string good((std::istreambuf_iterator<char>(in)), {});
  std::mt19937 random(6);
  for (int round = 0; round < 400; ++round) {
    std::string bad = good;
    if (round % 4 == 0)
      bad.resize(random() % bad.size());
    else
      bad[random() % bad.size()] ^= static_cast<char>(1 << random() % 8);
    std::ofstream(victim, std::ios::binary | std::ios::trunc) << bad;
    store::DirStore again(real_disk(), folder.path());
    const Answer answer = read(*again.reader(kIndex));
    CHECK(answer.lines.size() >= 400);
    for (const std::string& line : answer.lines) CHECK(all.count(line) == 1);
    CHECK(answer.lines.size() == 600 || !answer.stats.incomplete.empty());
  }
}

// Of every length that a segment can be cut to, only the whole one is taken, and one that lost a part of the second
// footer.
void a_segment_that_is_cut_anywhere_is_named() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  for (const int first : {0, 20}) {
    auto writer = store.writer(kIndex);
    std::vector<std::string> lines;
    for (int i = 0; i < 20; ++i) lines.push_back(line_of(i, first + i));
    write(*writer, lines);
    writer->commit();
  }
  std::string victim;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.path().extension() == ".seg") victim = std::max(victim, entry.path().string());
  bool footer = true;
  for (uintmax_t size = std::filesystem::file_size(victim); size-- > 0;) {
    std::filesystem::resize_file(victim, size);
    const Answer answer = read(*store::DirStore(real_disk(), folder.path()).reader(kIndex));
    footer = footer && answer.lines.size() == 40;
    if (footer) {
      CHECK(answer.stats.incomplete.empty());
      continue;
    }
    CHECK(answer.lines.size() == 20 && answer.stats.incomplete.size() == 1);
    CHECK(answer.stats.incomplete.at(0).find(victim) != std::string::npos);
  }
}

void the_bytes_of_another_segment_are_damage() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  for (const auto& [second, count] : {std::pair(0, 10), std::pair(1, 11), std::pair(86'400, 10)}) {
    auto writer = store.writer(kIndex);
    write(*writer, std::vector<std::string>(static_cast<size_t>(count), line_of(second, second)));
    writer->commit();
  }
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder.path()))
    if (entry.path().extension() == ".seg") paths.push_back(entry.path().string());
  CHECK(paths.size() == 3);
  for (const std::string& from : paths)
    for (const std::string& to : paths) {
      const bool other = from != to;
      std::filesystem::copy_file(to, folder.path() + "/kept");
      if (other) std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
      const Answer answer = read(*store::DirStore(real_disk(), folder.path()).reader(kIndex));
      CHECK((answer.stats.incomplete.size() == 1) == other && (answer.lines.size() < 31) == other);
      CHECK(std::set<uint64_t>(answer.ids.begin(), answer.ids.end()).size() == answer.ids.size());
      std::filesystem::rename(folder.path() + "/kept", to);
    }
}

void a_cancelled_search_finds_nothing_false() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  auto writer = store.writer(kIndex);
  std::vector<std::string> lines;
  for (int i = 0; i < 20'000; ++i) lines.push_back(line_of(i % 1000, i));
  write(*writer, lines);
  writer->commit();
  const auto query = std::make_shared<const query::Node>(query::parse("not /li[n]e [0-9]* of/", {}).node);
  for (int micros = 0; micros < 20'000; micros += 500) {  // at some moment of the search
    std::atomic<bool> cancel{false};
    std::jthread later([&] {
      std::this_thread::sleep_for(std::chrono::microseconds(micros));
      cancel = true;
    });
    ScanRequest request;
    request.query = query;
    request.cancel = &cancel;
    const auto scan = store.reader(kIndex)->scan(request);
    Hit hit;
    CHECK(!scan->next(hit));
  }
}

void days_are_dropped_whole_and_only_days() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  auto writer = store.writer(kIndex);
  write(*writer, {line_of(0, 1), line_of(86'400, 2)});
  writer->commit();
  const auto days = store::usage(real_disk(), folder.path(), kIndex);
  CHECK(days.size() == 2);
  store::drop_day(real_disk(), folder.path(), kIndex, days[0].day);
  CHECK(read(*store.reader(kIndex)).lines == std::vector<std::string>{line_of(86'400, 2)});
  bool refused = false;
  try {
    store::drop_day(real_disk(), folder.path(), kIndex, "../t");
  } catch (const Error& error) {
    refused = error.code() == EX_USAGE;
  }
  CHECK(refused);
}

void an_unknown_index_names_those_there_are() {
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  store.writer(IndexName::require("app"));
  std::string text;
  try {
    store.reader(IndexName::require("web"));
  } catch (const Error& error) {
    text = error.what();
  }
  CHECK(text == "no index 'web' in dir:" + folder.path() + "; there are: app");
}

void a_segment_of_a_higher_generation_hides_what_it_covers() {
  using store::SegmentName;
  const std::vector<SegmentName> names = {{1, 10, 0}, {11, 20, 0}, {1, 20, 1}, {21, 30, 0}, {21, 30, 1}, {31, 40, 0}};
  std::vector<SegmentName> hidden;
  const std::vector<SegmentName> live = store::live_segments(names, &hidden);
  CHECK((live == std::vector<SegmentName>{{1, 20, 1}, {21, 30, 1}, {31, 40, 0}}));
  CHECK(hidden.size() == 3);
  CHECK(SegmentName::parse(live[0].str()) == live[0]);
  CHECK(!SegmentName::parse("0000000000000001-000000000000000a-00.tmp"));
}

}  // namespace

int main() {
  gives_back_any_json();
  keeps_the_order_of_arrival_at_one_instant();
  two_writers_lose_nothing();
  a_message_that_comes_again_is_not_stored_again();
  merging_changes_nothing_for_readers();
  damage_is_named_and_the_rest_is_read();
  a_segment_that_is_cut_anywhere_is_named();
  the_bytes_of_another_segment_are_damage();
  a_cancelled_search_finds_nothing_false();
  days_are_dropped_whole_and_only_days();
  an_unknown_index_names_those_there_are();
  a_segment_of_a_higher_generation_hides_what_it_covers();
  return failures() != 0;
}
