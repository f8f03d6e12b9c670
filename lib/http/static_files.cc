#include "lib/http/static_files.h"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <climits>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "lib/disk.h"
#include "lib/error.h"

namespace alco::http {
namespace {

constexpr int kDeepest = 4;

// Empty for what is not served.
std::string type_of(const std::string& name) {
  static const std::pair<const char*, const char*> types[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
  };
  for (const auto& [ending, type] : types)
    if (name.ends_with(ending)) return type;
  return "";
}

bool is_file(const std::string& path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode);
}

std::string program_folder() {
  std::error_code failed;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", failed);  // also there on FreeBSD with linprocfs
  return failed ? "" : path.parent_path().string();
}

}  // namespace

StaticFiles::StaticFiles(const std::string& folder) {
  load(folder, "", 0);
  if (!files_.contains("index.html")) throw Error(EX_NOINPUT, folder + ": there is no index.html in it");
}

void StaticFiles::load(const std::string& folder, const std::string& prefix, int depth) {
  for (const std::string& name : real_disk().list(folder)) {
    const std::string path = folder + "/" + name;
    struct stat status;
    if (name.starts_with('.') || stat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode) && depth < kDeepest) load(path, prefix + name + "/", depth + 1);
    if (!S_ISREG(status.st_mode) || type_of(name).empty()) continue;
    File file{real_disk().read_file(path), type_of(name), ""};
    char tag[24];
    snprintf(tag, sizeof tag, "\"%016llx\"",
             static_cast<unsigned long long>(XXH3_64bits(file.content.data(), file.content.size())));
    file.tag = tag;
    files_.emplace(prefix + name, std::move(file));
  }
}

void StaticFiles::serve(const Request& request, const std::string& name, Response& response) const {
  const auto found = files_.find(name);
  if (found == files_.end()) throw HttpError(404, "there is no such file");
  response.headers.push_back({"ETag", found->second.tag});
  response.headers.push_back({"Cache-Control", "no-cache"});
  const std::string* known = request.head.find("if-none-match");
  if (known && known->find(found->second.tag) != std::string::npos) {
    response.status = 304;
    response.content_type.clear();
    return;
  }
  response.content_type = found->second.type;
  response.body = found->second.content;
}

std::string find_web_folder(const std::string& option) {
  if (!option.empty()) return option;
  const std::string beside = program_folder();
  for (const std::string& folder : {beside + "/../web", beside + "/../share/alco/web"})
    if (is_file(folder + "/index.html")) return folder;
  throw Error(EX_NOINPUT, "the page's files are neither in " + beside + "/../web nor in " + beside +
                              "/../share/alco/web: give --web-dir");
}

}  // namespace alco::http
