// What lies on this machine: files and folders.
#include <fcntl.h>
#include <glob.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lib/check/checks.h"
#include "lib/disk.h"
#include "lib/error.h"
#include "lib/store/store.h"

namespace alco::check {
namespace {

// As the effective user.
bool may(const std::string& path, int mode) { return faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0; }

std::string parent_of(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string without_final_slash(std::string path) {
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::string megabytes(uint64_t bytes) { return std::to_string(bytes >> 20) + " MiB"; }

std::string rule_of(const IndexConfig& index) {
  std::string rule;
  if (index.retention_days) rule = "the last " + std::to_string(*index.retention_days) + " days";
  if (index.retention_bytes)
    rule += (rule.empty() ? "" : ", of these ") + ("the newest days in " + megabytes(*index.retention_bytes));
  return rule.empty() ? "everything, for ever" : rule;
}

}  // namespace

std::optional<Config> configuration(Findings& findings, const std::string& path) {
  std::optional<Config> config;
  findings.look([&] {
    config = load_config(path);
    if (config->file.empty())
      findings.note("no configuration file: everything has its default");
    else
      findings.ok(config->file + ": " + std::to_string(config->indexes.size()) + " indexes");
  });
  return config;
}

void folder(Findings& findings, const std::string& what, const std::string& path) {
  std::string place = without_final_slash(path);
  const bool there = may(place, F_OK);
  while (!may(place, F_OK) && errno == ENOENT && place != "/" && place != ".") place = parent_of(place);
  if (!may(place, W_OK | X_OK)) {
    findings.error(EX_NOPERM, what + " " + path + ": " + (there ? "" : place + ": ") + strerror(errno));
    return;
  }
  findings.ok(what + " " + path + ": " + (there ? "can be written, " : "is made with the first record, ") +
              megabytes(real_disk().free_space(place)) + " free");
}

void store(Findings& findings, const std::string& url, const Config& config, const std::string& index,
           Purpose purpose) {
  findings.look([&] {
    const auto opened = open_store(url, config);
    const auto indexes = opened->indexes();
    findings.ok("store " + opened->url() + ": " + std::to_string(indexes.size()) + " indexes");
    if (url.starts_with("dir:") && purpose == Purpose::write) folder(findings, "folder", url.substr(4));
    if (index.empty()) return;
    const IndexName name = IndexName::require(index);
    for (const IndexName& there : indexes) {
      if (there != name) continue;
      if (url.starts_with("dir:") && purpose == Purpose::write) folder(findings, "folder", url.substr(4) + "/" + index);
      findings.ok("index " + index + ": " + std::to_string(opened->reader(name)->summary().events) + " events");
      return;
    }
    if (purpose == Purpose::read) opened->reader(name);  // says which there are
    findings.note("index " + index + ": is made with the first record");
  });
}

void source(Findings& findings, const std::string& name) {
  if (may(name, R_OK)) return findings.ok(name + ": can be read");
  if (errno != ENOENT) return findings.error(EX_NOPERM, name + ": " + strerror(errno));
  glob_t found{};
  const bool fits = glob(name.c_str(), GLOB_NOSORT, nullptr, &found) == 0;
  const size_t count = found.gl_pathc;
  globfree(&found);
  if (fits) return findings.ok(name + ": fits " + std::to_string(count) + " files");
  findings.note(name + ": not there yet");
}

void retention(Findings& findings, const Config& config) {
  for (const auto& [name, index] : config.indexes) findings.ok("index " + name + ": keeps " + rule_of(index));
}

}  // namespace alco::check
