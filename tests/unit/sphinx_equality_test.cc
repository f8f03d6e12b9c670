// The Sphinx store on a real searchd against the naive answer.
#include <cstring>

#include "lib/event_parser.h"
#include "lib/sphinx/sphinx_store.h"
#include "tests/unit/check.h"
#include "tests/unit/hostile_events.h"
#include "tests/unit/private_searchd.h"
#include "tests/unit/reader_equality.h"

using namespace alco;

namespace {

constexpr int kDays = 6;

// Of those that lie in the days that searchd has.
std::vector<std::string> hostile_lines(unsigned seed, size_t count, Nanoseconds arrival) {
  std::vector<std::string> lines;
  EventParser parser;
  for (HostileEvents events(seed); lines.size() < count;) {
    const std::string line = events.lines(1)[0];
    const int64_t age = utc_day(arrival) - utc_day(parser.parse(line, arrival).time);
    if (age >= -1 && age < kDays) lines.push_back(line);
  }
  return lines;
}

std::vector<std::string> lines_of(const char* path, size_t count) {
  std::vector<std::string> lines;
  std::ifstream in(path);
  for (std::string line; lines.size() < count && std::getline(in, line);) lines.push_back(line);
  return lines;
}

void answers_as_the_lines_do(const std::vector<std::string>& lines, Nanoseconds arrival, unsigned seed, int rounds,
                             const char* memory) {
  Config config;
  config.indexes["t"].retention_days = kDays;
  config.sphinx.index["rt_mem_limit"] = memory;
  PrivateSearchd searchd(std::move(config), utc_day(arrival));
  sphinx::SphinxStore store(searchd.address(), searchd.config(), false);  // its days are not those of now
  const IndexName index = IndexName::require("t");
  {
    const auto writer = store.writer(index);
    EventParser parser;
    for (size_t i = 0; i < lines.size(); ++i) {
      writer->add(parser.parse(lines[i], arrival), std::nullopt);
      if (i % 1000 == 999) writer->commit();
    }
    writer->commit();
    writer->finish();
  }
  const auto reader = store.reader(index);
  const bool equal = ReaderEquality(*reader, lines, arrival, seed).holds(rounds);
  if (!equal) fprintf(stderr, "seed %u, %zu events\n", seed, lines.size());
  CHECK(equal);
}

}  // namespace

int main(int argc, char** argv) {
  constexpr Nanoseconds kArrival = 1'795'000'000 * kSecond;
  if (argc == 5) {  // FILE, day of arrival, number of events and of rounds
    const auto day = parse_day_name(argv[2]);
    const std::vector<std::string> lines = lines_of(argv[1], static_cast<size_t>(atoi(argv[3])));
    answers_as_the_lines_do(lines, *day * kDay, 1, atoi(argv[4]), "128M");
  } else if (argc == 4) {  // another seed, number of events and of rounds
    const auto seed = static_cast<unsigned>(atoi(argv[1]));
    answers_as_the_lines_do(hostile_lines(seed, static_cast<size_t>(atoi(argv[2])), kArrival), kArrival, seed,
                            atoi(argv[3]), "128M");
  } else {
    answers_as_the_lines_do(hostile_lines(1, 3000, kArrival), kArrival, 1, 100, "128M");
    answers_as_the_lines_do(hostile_lines(2, 800, kArrival), kArrival, 2, 40, "128K");  // with chunks on disk
  }
  return failures() != 0;
}
