// Files read as an index against the naive answer.
#include <fstream>

#include "lib/query/raw_reader.h"
#include "tests/unit/check.h"
#include "tests/unit/hostile_events.h"
#include "tests/unit/reader_equality.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

void answers_as_the_lines_do(unsigned seed, size_t count, size_t files, int rounds) {
  TempFolder folder;
  query::RawOptions options;
  const std::vector<std::string> lines = HostileEvents(seed).lines(count);
  for (size_t i = 0; i < files; ++i) {
    options.paths.push_back(folder.path() + "/" + std::to_string(i) + ".json");
    std::ofstream out(options.paths.back());
    for (size_t line = i * count / files; line < (i + 1) * count / files; ++line) out << lines[line] << '\n';
  }
  const auto reader = query::open_raw(options);
  ReaderEquality equality(*reader, lines, 0, seed);
  equality.skip_arrival();
  const bool equal = equality.holds(rounds);
  if (!equal) fprintf(stderr, "seed %u, %zu events in %zu files\n", seed, count, files);
  CHECK(equal);
}

}  // namespace

int main() {
  answers_as_the_lines_do(4, 1, 1, 20);
  answers_as_the_lines_do(5, 500, 1, 60);
  answers_as_the_lines_do(6, 500, 7, 60);
  return failures() != 0;
}
