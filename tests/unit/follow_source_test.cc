#include "lib/collect/follow_source.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "lib/stop.h"
#include "tests/unit/check.h"

using namespace alco;

namespace {

struct Fixture {
  Fixture() {
    char name[] = "/tmp/alco-follow-XXXXXX";
    folder = mkdtemp(name);
  }
  ~Fixture() { std::filesystem::remove_all(folder); }
  void append(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name, std::ios::app) << text;
  }
  FollowOptions options(const std::string& argument) const {
    FollowOptions all;
    all.arguments = {folder + "/" + argument};
    all.reader.multiline.mode = Multiline::Mode::off;
    all.keep_moved = std::chrono::seconds(0);
    return all;
  }
  std::string folder;
};

// One turn of the loop that deliver() runs.
void turn(FollowSource& source, std::vector<std::string>& records) {
  std::vector<pollfd> fds;
  const auto until = std::min(source.prepare(fds, true), Clock::now() + std::chrono::milliseconds(50));
  stop::wait(fds, std::chrono::ceil<std::chrono::milliseconds>(std::max(until - Clock::now(), Clock::duration(0))));
  source.work();
  Record record;
  while (source.next(record)) {
    records.push_back(record.json);
    source.acked(1);
  }
}

// The next `count` records, or those of 10 s.
std::vector<std::string> take(FollowSource& source, size_t count) {
  std::vector<std::string> records;
  const auto limit = Clock::now() + std::chrono::seconds(10);
  while (records.size() < count && Clock::now() < limit) turn(source, records);
  return records;
}

bool holds(const std::string& record, const char* text) { return record.find(text) != std::string::npos; }

void gives_a_last_line_that_never_gets_its_newline() {
  const Fixture at;
  at.append("x.log", "2026-11-22T08:00:00Z one\n2026-11-22T08:00:01Z cut off");
  FollowSource source(at.options("x.log"));
  CHECK(holds(take(source, 1).at(0), " one"));
  std::filesystem::rename(at.folder + "/x.log", at.folder + "/x.log.1");
  at.append("x.log", "2026-11-22T08:00:02Z new\n");
  const auto records = take(source, 2);
  CHECK(records.size() == 2);
  CHECK(holds(records.at(0), "cut off") || holds(records.at(1), "cut off"));
}

void reads_on_in_a_file_that_was_given_up() {
  const Fixture at;
  at.append("x.log", "2026-11-22T08:00:00Z one\n");
  FollowSource source(at.options("x.log"));
  CHECK(take(source, 1).size() == 1);
  std::filesystem::rename(at.folder + "/x.log", at.folder + "/x.log.1");
  at.append("x.log", "2026-11-22T08:00:02Z new\n");
  std::vector<std::string> records;
  for (int i = 0; i < 10; ++i) turn(source, records);  // the old file is quiet, and closed
  CHECK(records.size() == 1 && holds(records.at(0), " new"));
  at.append("x.log.1", "2026-11-22T08:00:03Z late\n");
  records = take(source, 1);
  CHECK(records.size() == 1 && holds(records.at(0), " late"));
}

}  // namespace

int main() {
  gives_a_last_line_that_never_gets_its_newline();
  reads_on_in_a_file_that_was_given_up();
  return failures() != 0;
}
