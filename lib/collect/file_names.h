#pragma once
// What the arguments of alco-consume name: files, patterns, folders.
#include <string>
#include <vector>

namespace alco {

enum class Rotated { include, leave_out };

struct NamedFile {
  std::string path;
  bool by_name = false;  // an argument is this very file: whatever it is, it is meant
};

struct NamedFiles {
  std::vector<NamedFile> files;      // each once, in the order of the arguments
  std::vector<std::string> folders;  // where a new file may appear that is meant, too
  std::vector<std::string> missing;  // arguments without a file
};

// An argument is a file, a folder (all files below it, sorted) or a pattern for glob(3). Below folders and patterns
// compressed files are left out, and with Rotated::leave_out also what rotation names: app.log.1, app.log-20261122,
// app.log.old.
NamedFiles find_files(const std::vector<std::string>& arguments, Rotated rotated);

bool looks_compressed(const std::string& path);
bool looks_rotated(const std::string& path);
std::string absolute_path(const std::string& path);  // without . and .. and doubled slashes; symbolic links stay
std::string folder_of(const std::string& path);

}  // namespace alco
