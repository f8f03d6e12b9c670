#include "lib/collect/file_names.h"

#include <glob.h>

#include <algorithm>
#include <filesystem>
#include <unordered_set>

namespace alco {
namespace {

namespace fs = std::filesystem;

bool all_digits(const std::string& text) { return !text.empty() && text.find_first_not_of("0123456789") == text.npos; }

bool wanted(const std::string& path, Rotated rotated) {
  return !looks_compressed(path) && (rotated == Rotated::include || !looks_rotated(path));
}

class Finder {
 public:
  explicit Finder(Rotated rotated) : rotated_(rotated) {}

  void add(const std::string& argument) {
    std::error_code error;
    const std::string path = absolute_path(argument);
    if (fs::is_directory(path, error)) return add_folder(path);
    if (fs::exists(path, error)) return add_file(path, /*by_name=*/true);
    if (argument.find_first_of("*?[") != argument.npos) return add_pattern(path);
    found_.missing.push_back(path);
    note_folder(folder_of(path));
  }

  NamedFiles take() { return std::move(found_); }

 private:
  void add_file(const std::string& path, bool by_name) {
    if (seen_.insert(path).second) found_.files.push_back({path, by_name});
    note_folder(folder_of(path));
  }

  void note_folder(const std::string& path) {
    if (folders_.insert(path).second) found_.folders.push_back(path);
  }

  void add_folder(const std::string& path) {
    note_folder(path);
    std::error_code error;
    std::vector<fs::path> entries;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error))
      entries.push_back(it->path());
    std::sort(entries.begin(), entries.end());
    for (const fs::path& entry : entries) {
      const fs::file_status status = fs::symlink_status(entry, error);
      if (fs::is_directory(status)) add_folder(entry.string());  // not through links: they may lead in circles
      if (fs::is_regular_file(fs::status(entry, error)) && wanted(entry.string(), rotated_))
        add_file(entry.string(), false);
    }
  }

  void add_pattern(const std::string& pattern) {
    glob_t result{};
    if (glob(pattern.c_str(), 0, nullptr, &result) == 0) {
      for (size_t i = 0; i < result.gl_pathc; ++i) {
        const std::string path = result.gl_pathv[i];
        std::error_code error;
        if (fs::is_directory(path, error))
          add_folder(path);
        else if (fs::is_regular_file(path, error) && wanted(path, rotated_))
          add_file(path, false);
      }
    } else {
      found_.missing.push_back(pattern);
    }
    globfree(&result);
    // A new file may match where only the last part is a pattern; deeper ones are found by looking now and then.
    const std::string folder = folder_of(pattern);
    if (folder.find_first_of("*?[") == folder.npos) note_folder(folder);
  }

  Rotated rotated_;
  NamedFiles found_;
  std::unordered_set<std::string> seen_, folders_;
};

}  // namespace

bool looks_compressed(const std::string& path) {
  for (const char* end : {".gz", ".xz", ".bz2", ".zst", ".lz4", ".lzma", ".Z", ".zip"})
    if (path.ends_with(end)) return true;
  return false;
}

bool looks_rotated(const std::string& path) {
  for (const char* end : {".old", ".bak", ".orig", "~"})
    if (path.ends_with(end)) return true;
  const size_t at = path.find_last_of(".-/");
  if (at == path.npos || path[at] == '/' || !all_digits(path.substr(at + 1))) return false;
  const size_t digits = path.size() - at - 1;
  return path[at] == '.' ? digits <= 3 || digits == 8 : digits == 8 || digits == 10;
}

std::string absolute_path(const std::string& path) {
  std::string name = fs::absolute(path).lexically_normal().string();
  if (name.size() > 1 && name.back() == '/') name.pop_back();
  return name;
}

std::string folder_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? "." : path.substr(0, std::max<size_t>(slash, 1));
}

NamedFiles find_files(const std::vector<std::string>& arguments, Rotated rotated) {
  Finder finder(rotated);
  for (const std::string& argument : arguments) finder.add(argument);
  return finder.take();
}

}  // namespace alco
