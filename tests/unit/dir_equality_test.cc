// The directory store against the naive answer, over many shapes of commits and merges.
#include <random>

#include "lib/event_parser.h"
#include "lib/store/dir_store.h"
#include "lib/store/merge.h"
#include "tests/unit/check.h"
#include "tests/unit/hostile_events.h"
#include "tests/unit/reader_equality.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

void answers_as_the_lines_do(unsigned seed, size_t count, size_t commits, int rounds) {
  constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;
  TempFolder folder;
  store::DirStore store(real_disk(), folder.path());
  const IndexName index = IndexName::require("t");
  const std::vector<std::string> lines = HostileEvents(seed).lines(count);
  const auto writer = store.writer(index);
  EventParser parser;
  for (size_t i = 0; i < lines.size(); ++i) {
    writer->add(parser.parse(lines[i], kArrival), std::nullopt);
    if ((i + 1) % (1 + count / commits) == 0) writer->commit();
  }
  writer->commit();
  const auto reader = store.reader(index);
  bool equal = ReaderEquality(*reader, lines, kArrival, seed).holds(rounds);
  const store::IndexFolder files(real_disk(), store.index_path(index));
  for (const std::string& day : files.days()) merge_day(files, day);
  equal = equal && ReaderEquality(*reader, lines, kArrival, seed + 1000).holds(rounds);
  if (!equal) fprintf(stderr, "seed %u, %zu events in %zu commits\n", seed, count, commits);
  CHECK(equal);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4) {  // another seed, number of events and of rounds
    answers_as_the_lines_do(static_cast<unsigned>(atoi(argv[1])), static_cast<size_t>(atoi(argv[2])), 5, atoi(argv[3]));
  } else {
    answers_as_the_lines_do(1, 1, 1, 50);
    answers_as_the_lines_do(2, 700, 1, 100);
    answers_as_the_lines_do(3, 700, 30, 100);
    answers_as_the_lines_do(4, 6000, 1, 10);  // several blocks
  }
  return failures() != 0;
}
