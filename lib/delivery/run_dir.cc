#include "lib/delivery/run_dir.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {
constexpr std::chrono::seconds kInterval{5};
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
