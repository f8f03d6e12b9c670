#include "lib/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>

#include "lib/disk.h"
#include "lib/error.h"

namespace alco {
namespace {
constexpr uint64_t kMaxFileBytes = uint64_t{4} << 20;
}

void refuse_config(const std::string& object, const std::string& reason) {
  throw Error(EX_CONFIG, object + ": " + reason);
}

std::string mode_text(mode_t mode) {
  char text[16];
  snprintf(text, sizeof text, "mode %04o", mode & 07777U);
  return text;
}

std::optional<ConfigFile> read_config_file(const std::string& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd && errno == ENOENT) return std::nullopt;
  if (!fd && errno == ELOOP) refuse_config(path, "is a symbolic link; name the file itself");
  if (!fd) throw Error(EX_CONFIG, system_error(path, "open", errno).what());
  struct stat info;
  if (fstat(fd.get(), &info) != 0) throw Error(EX_CONFIG, system_error(path, "stat", errno).what());
  if (!S_ISREG(info.st_mode)) refuse_config(path, "is not a regular file");
  if (info.st_mode & S_IWOTH)
    refuse_config(path, "others can write it (" + mode_text(info.st_mode) + "): chmod o-w it");
  const auto size = static_cast<uint64_t>(info.st_size);
  if (size > kMaxFileBytes) refuse_config(path, "is larger than 4 MiB");
  ConfigFile file{std::string(size, '\0'), info.st_mode};
  file.text.resize(real_disk().read_at(fd.get(), path, file.text.data(), size, 0));
  return file;
}

}  // namespace alco
