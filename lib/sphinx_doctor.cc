// What makes searchd refuse to start.
#include <fcntl.h>
#include <signal.h>

#include <algorithm>
#include <cstdio>

#include "lib/disk.h"
#include "lib/sphinx_rotation.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

constexpr std::string_view kMagic = "SPLI";
constexpr size_t kFixed = 9;              // magic, version, a byte
constexpr uint64_t kLogTail = 64 * 1024;  // of searchd's log

// A number of searchd's: seven bits a byte, the highest first.
bool get_number(std::string_view& bytes, uint64_t& number) {
  number = 0;
  for (unsigned i = 0; i < 10 && !bytes.empty(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[0]);
    bytes.remove_prefix(1);
    number = number << 7 | (byte & 0x7f);
    if (byte < 0x80) return true;
  }
  return false;
}

// Why searchd would refuse this binlog.meta; empty: it would not.
std::string meta_trouble(Disk& disk, const std::string& folder) {
  const std::string path = folder + "/binlog.meta";
  if (!disk.open_if_exists(path, O_RDONLY)) return "";
  const std::string meta = disk.read_file(path);
  if (meta.empty()) return "binlog.meta is empty";
  if (!meta.starts_with(kMagic)) return "binlog.meta is no such file";
  std::string_view rest = std::string_view(meta).substr(std::min(kFixed, meta.size()));
  uint64_t count = 0, number = 0;
  if (!get_number(rest, count)) return "binlog.meta is cut short";
  for (; count > 0; --count) {
    if (!get_number(rest, number)) return "binlog.meta is cut short";
    char name[40];
    snprintf(name, sizeof name, "binlog.%03ju", static_cast<uintmax_t>(number));
    if (!disk.open_if_exists(folder + "/" + name, O_RDONLY)) return std::string(name) + " is missing";
  }
  return "";
}

// The last start ended with an error of the binlog.
std::string log_trouble(Disk& disk, const std::string& path) {
  const Fd fd = disk.open_if_exists(path, O_RDONLY);
  if (!fd) return "";
  const uint64_t size = disk.size(fd.get(), path), from = size > kLogTail ? size - kLogTail : 0;
  std::string text(size - from, '\0');
  text.resize(disk.read_at(fd.get(), path, text.data(), text.size(), from));
  const size_t fatal = text.rfind("FATAL: binlog: "), accepted = text.rfind("accepting connections");
  if (fatal == text.npos || (accepted != text.npos && accepted > fatal)) return "";
  return text.substr(fatal, text.find('\n', fatal) - fatal);
}

bool runs(Disk& disk, const std::string& pid_file) {
  if (!disk.open_if_exists(pid_file, O_RDONLY)) return false;
  const int pid = atoi(disk.read_file(pid_file).c_str());
  return pid > 1 && kill(pid, 0) == 0;
}

}  // namespace

bool heal_binlog(const Config& config, LineWriter& out, bool dry_run) {
  Disk& disk = real_disk();
  const std::string& data = config.sphinx.data_dir;
  const std::string folder = searchd_setting(config, "binlog_path", data);
  if (folder.empty() || runs(disk, searchd_setting(config, "pid_file", data + "/searchd.pid"))) return false;
  std::string trouble = meta_trouble(disk, folder);
  if (trouble.empty()) trouble = log_trouble(disk, searchd_setting(config, "log", data + "/searchd.log"));
  if (trouble.empty()) return false;
  std::vector<std::string> files;
  for (const std::string& name : disk.list(folder))
    if (name.starts_with("binlog.") && name != "binlog.lock") files.push_back(name);
  if (files.empty()) return false;
  const std::string aside = folder + "/binlog-" + std::to_string(now() / kSecond);
  out.put(folder + ": " + trouble + (dry_run ? ": the binlog would be moved to " : ": the binlog is moved to ") +
          aside);
  out.flush();
  if (dry_run) return true;
  disk.make_folder(aside);
  for (const std::string& name : files) disk.rename(folder + "/" + name, aside + "/" + name);
  disk.sync_folder(folder);
  return true;
}

}  // namespace alco
