#include "lib/collect/file_names.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/unit/check.h"

using namespace alco;

namespace {

void tells_rotated_names() {
  for (const char* name : {"/l/app.log.1", "/l/app.log.12", "/l/app.log-20261122", "/l/app.log.20261122",
                           "/l/app.log.old", "/l/app.log~", "/l/app-2026112208"})
    CHECK(looks_rotated(name));
  for (const char* name : {"/l/app.log", "/l/app-1", "/l/app-20261122.log", "/l/2026", "/l/app.1.log", "/l.1/app"})
    CHECK(!looks_rotated(name));
  CHECK(looks_compressed("/l/app.log.1.gz") && !looks_compressed("/l/gz"));
}

void finds_files_in_folders_and_patterns() {
  char folder[] = "/tmp/alco-names-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  const std::string top = folder;
  std::filesystem::create_directories(top + "/sub");
  for (const char* name : {"/b.log", "/a.log", "/a.log.1", "/a.log.2.gz", "/sub/c.log", "/x.txt"})
    std::ofstream(top + name) << "x\n";
  std::filesystem::create_symlink(top, top + "/sub/loop");

  const auto paths = [&](const std::vector<std::string>& arguments, Rotated rotated) {
    std::string all;
    for (const NamedFile& file : find_files(arguments, rotated).files)
      all += file.path.substr(top.size()) + (file.by_name ? "! " : " ");
    return all;
  };
  CHECK(paths({top}, Rotated::include) == "/a.log /a.log.1 /b.log /sub/c.log /x.txt ");
  CHECK(paths({top + "//sub/.."}, Rotated::leave_out) == "/a.log /b.log /sub/c.log /x.txt ");
  CHECK(paths({top + "/*.log"}, Rotated::include) == "/a.log /b.log ");
  CHECK(paths({top + "/b.log", top + "/a.log.2.gz", top + "/*.log"}, Rotated::leave_out) ==
        "/b.log! /a.log.2.gz! /a.log ");
  const NamedFiles none = find_files({top + "/no.log", top + "/no*"}, Rotated::leave_out);
  CHECK(none.files.empty() && none.missing.size() == 2 && none.folders == std::vector<std::string>{top});
  std::filesystem::remove_all(top);
}

}  // namespace

int main() {
  tells_rotated_names();
  finds_files_in_folders_and_patterns();
  return failures() != 0;
}
