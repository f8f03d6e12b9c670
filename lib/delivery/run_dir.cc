#include "lib/delivery/run_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <optional>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {
constexpr std::chrono::seconds kInterval{5};
constexpr time_t kStale = 120;
constexpr off_t kMaxFile = off_t{64} << 10;

// One line of a counters file: alco_consume_received_total{index="app",pid="812"} 5
struct Line {
  std::string name, index, rest;  // rest: labels and value
};

std::optional<Line> parse_line(std::string_view text) {
  static constexpr std::string_view kLabel = "{index=\"";
  const size_t brace = text.find(kLabel);
  if (brace == 0 || brace == text.npos || !text.starts_with("alco_")) return std::nullopt;
  const std::string_view name = text.substr(0, brace);
  if (name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") != name.npos) return std::nullopt;
  const size_t from = brace + kLabel.size(), end = text.find('"', from);
  if (end == text.npos) return std::nullopt;
  return Line{std::string(name), std::string(text.substr(from, end - from)), std::string(text.substr(brace))};
}

bool is_fresh(const std::string& path) {
  struct stat st;
  return lstat(path.c_str(), &st) == 0 && S_ISREG(st.st_mode) && st.st_size < kMaxFile &&
         time(nullptr) - st.st_mtime < kStale;
}

}  // namespace

std::string running_counters(const std::function<bool(std::string_view)>& wanted) {
  std::map<std::string, std::string> groups;
  const std::string folder = run_folder();
  for (const std::string& file : real_disk().list(folder)) {
    const std::string path = folder + "/" + file;
    if (!file.ends_with(".prom") || !is_fresh(path)) continue;
    std::string text;
    try {
      text = real_disk().read_file(path);
    } catch (const Error&) {
      continue;  // its tool has just ended, or it is not meant for us
    }
    for (size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      const auto line = parse_line(std::string_view(text).substr(at, end - at));
      if (line && wanted(line->index)) groups[line->name] += line->name + line->rest + "\n";
    }
  }
  std::string out;
  for (const auto& [name, lines] : groups)
    out += "# TYPE " + name + (name.ends_with("_total") ? " counter\n" : " gauge\n") + lines;
  return out;
}

std::string run_folder() {
  const char* own = getenv("ALCO_RUN_DIR");
  if (own && *own) return own;
  struct stat st;
  return stat("/run", &st) == 0 ? "/run/alco" : "/var/run/alco";
}

CountersFile::CountersFile(std::string tool, std::string index) {
  const std::string pid = std::to_string(getpid());
  labels_ = "{index=\"" + index + "\",pid=\"" + pid + "\"} ";
  path_ = run_folder() + "/" + tool + "-" + index + "-" + pid + ".prom";
  prefix_ = tool + "_";
  std::replace(prefix_.begin(), prefix_.end(), '-', '_');
}

CountersFile::~CountersFile() { unlink(path_.c_str()); }

bool CountersFile::due() const { return std::chrono::steady_clock::now() >= next_; }

void CountersFile::write(const std::vector<Sample>& samples) {
  if (!due()) return;
  next_ = std::chrono::steady_clock::now() + kInterval;
  std::string text;
  char value[40];
  for (const Sample& sample : samples) {
    snprintf(value, sizeof value, "%.17g\n", sample.value);
    text.append(prefix_).append(sample.name).append(labels_).append(value);
  }
  // Not worth a sync, and no reason to stop when it fails: the folder is a courtesy of the service manager.
  const std::string temporary = path_ + ".new";
  Fd fd(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd) return;
  try {
    real_disk().write(fd.get(), temporary, text);
    real_disk().rename(temporary, path_);
  } catch (const Error& error) {
    log::warning_limited("counters", "%s", error.what());
  }
}

}  // namespace alco
