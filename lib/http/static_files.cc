#include "lib/http/static_files.h"

#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <re2/re2.h>

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

std::string tag_of(const std::string& content) {
  char tag[24];
  snprintf(tag, sizeof tag, "%016llx", static_cast<unsigned long long>(XXH3_64bits(content.data(), content.size())));
  return tag;
}

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
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
  name_versions();
}

void StaticFiles::name_versions() {
  std::string tags;
  for (const auto& [name, file] : files_) tags += file.tag;
  version_ = "v" + tag_of(tags);
  for (auto& [name, file] : files_) {
    if (!name.ends_with(".html")) continue;
    file.links = page_links(file.content);
    if (name == "index.html") file.links += other_links(file.links);
    replace_all(file.content, "static/", "static/" + version_ + "/");
    file.tag = '"' + tag_of(file.content) + '"';
  }
}

// From the list of indexes people go on to one of them: what its page needs comes when there is nothing else to do.
std::string StaticFiles::other_links(const std::string& known) const {
  std::string links;
  for (const auto& [name, file] : files_)
    if ((name.ends_with(".js") || name.ends_with(".css")) && known.find("/" + name + ">") == std::string::npos)
      links += ", <../static/" + version_ + "/" + name + ">; rel=prefetch";
  return links;
}

// The script and the styles that a page names.
std::string StaticFiles::page_links(const std::string& page) const {
  static const RE2 named(R"re((?:src|href)="([./]*static/)([^"]+\.(js|css))")re");
  std::string links, up, name, type;
  re2::StringPiece left(page);
  while (RE2::FindAndConsume(&left, named, &up, &name, &type))
    links += (links.empty() ? "<" : ", <") + up + version_ + "/" + name +
             (type == "js" ? ">; rel=modulepreload" : ">; rel=preload; as=style");
  return links;
}

void StaticFiles::load(const std::string& folder, const std::string& prefix, int depth) {
  for (const std::string& name : real_disk().list(folder)) {
    const std::string path = folder + "/" + name;
    struct stat status;
    if (name.starts_with('.') || stat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode) && depth < kDeepest) load(path, prefix + name + "/", depth + 1);
    if (!S_ISREG(status.st_mode) || type_of(name).empty()) continue;
    File file{real_disk().read_file(path), type_of(name), "", ""};
    file.tag = '"' + tag_of(file.content) + '"';
    files_.emplace(prefix + name, std::move(file));
  }
}

void StaticFiles::serve(const Request& request, const std::string& name, Response& response) const {
  const bool versioned = name.starts_with(version_ + "/");
  const auto found = files_.find(versioned ? name.substr(version_.size() + 1) : name);
  if (found == files_.end()) throw HttpError(404, "there is no such file");
  response.headers.push_back({"ETag", found->second.tag});
  response.headers.push_back({"Cache-Control", versioned ? "public, max-age=31536000, immutable" : "no-cache"});
  if (!found->second.links.empty()) response.headers.push_back({"Link", found->second.links});
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
  for (const std::string& folder : {beside + "/web", beside + "/../share/alco/web"})
    if (is_file(folder + "/index.html")) return folder;
  throw Error(EX_NOINPUT, "the page's files are neither in " + beside + "/web nor in " + beside +
                              "/../share/alco/web: give --web-dir");
}

}  // namespace alco::http
