// Files read as an index against the naive answer.
#include <fstream>

#include "lib/query/line_filter.h"
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

std::vector<std::pair<uint64_t, std::string>> found(Reader& reader, const ScanRequest& request) {
  std::vector<std::pair<uint64_t, std::string>> hits;
  const auto scan = reader.scan(request);
  for (Hit hit; scan->next(hit);) hits.emplace_back(hit.at.id, hit.json);
  return hits;
}

// A reader that will be asked once looks at the bytes of lines before it parses them: the hits are the same.
void one_pass_finds_the_same(unsigned seed, size_t count, int rounds) {
  TempFolder folder;
  const std::vector<std::string> lines = HostileEvents(seed).lines(count);
  query::RawOptions options;
  for (const char* name : {"/a.json", "/b.json"}) {
    options.paths.push_back(folder.path() + name);
    std::ofstream out(options.paths.back());
    const size_t half = lines.size() / 2;
    for (size_t i = options.paths.size() == 1 ? 0 : half; i < (options.paths.size() == 1 ? half : lines.size()); ++i)
      out << lines[i] << (i % 17 == 0 ? "\n\n" : "\n");
  }
  const auto all = query::open_raw(options);
  all->summary();
  options.one_pass = true;
  RandomQueries queries(seed, lines);
  size_t excluded = 0;
  for (int i = 0; i < rounds; ++i) {
    ScanRequest request;
    request.json = true;
    request.query = std::make_shared<const query::Node>(queries.next());
    const query::LineFilter filter(*request.query);
    for (const std::string& line : lines) excluded += !filter.possible(line);
    const bool same = found(*all, request) == found(*query::open_raw(options), request);
    CHECK(same);
    if (!same) fprintf(stderr, "seed %u: %s\n", seed, query::canonical(*request.query).c_str());
  }
  CHECK(excluded > 0);
}

}  // namespace

int main() {
  answers_as_the_lines_do(4, 1, 1, 20);
  answers_as_the_lines_do(5, 500, 1, 60);
  answers_as_the_lines_do(6, 500, 7, 60);
  one_pass_finds_the_same(7, 400, 300);
  return failures() != 0;
}
