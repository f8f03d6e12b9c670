#include "lib/collect/file_identity.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "lib/error.h"

namespace alco {
namespace {

constexpr size_t kFirst = 1024;
constexpr size_t kBefore = 64;

Nanoseconds nanoseconds(const timespec& time) { return time.tv_sec * kSecond + time.tv_nsec; }

// When the file was made: an inode's number is used again for the next file.
Nanoseconds birth(int fd, const char* path) {
#ifdef __linux__
  struct statx more {};
  const int at = fd >= 0 ? fd : AT_FDCWD;
  if (statx(at, path, fd >= 0 ? AT_EMPTY_PATH : 0, STATX_BTIME, &more) != 0 || !(more.stx_mask & STATX_BTIME)) return 0;
  return more.stx_btime.tv_sec * kSecond + more.stx_btime.tv_nsec;
#else
  struct stat more {};
  if ((fd >= 0 ? fstat(fd, &more) : stat(path, &more)) != 0) return 0;
  return nanoseconds(more.st_birthtim);
#endif
}

FileStatus convert(const struct stat& info, Nanoseconds born) {
  FileStatus status;
  status.identity.device = info.st_dev;
  status.identity.inode = info.st_ino;
  status.identity.born = born;
  status.size = static_cast<uint64_t>(info.st_size);
  status.written = nanoseconds(info.st_mtim);
  status.regular = S_ISREG(info.st_mode);
  status.folder = S_ISDIR(info.st_mode);
  return status;
}

size_t read_at(int fd, const std::string& name, char* to, size_t size, uint64_t offset) {
  size_t done = 0;
  while (done < size) {
    const ssize_t got = pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw system_error(name, "read", errno);
    if (got == 0) break;
    done += static_cast<size_t>(got);
  }
  return done;
}

std::string hash(const char* data, size_t size) {
  const XXH128_hash_t value = XXH3_128bits(data, size);
  char text[33];
  snprintf(text, sizeof text, "%016jx%016jx", static_cast<uintmax_t>(value.high64),
           static_cast<uintmax_t>(value.low64));
  return text;
}

}  // namespace

bool file_status(const std::string& path, FileStatus& status) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) {
    if (errno == ENOENT || errno == ENOTDIR) return false;
    throw system_error(path, "stat", errno);
  }
  status = convert(info, birth(-1, path.c_str()));
  return true;
}

FileStatus file_status(int fd, const std::string& name) {
  struct stat info {};
  if (fstat(fd, &info) != 0) throw system_error(name, "stat", errno);
  return convert(info, birth(fd, ""));
}

std::string hash_first_line(int fd, const std::string& name) {
  char data[kFirst];
  const size_t size = read_at(fd, name, data, kFirst, 0);
  const char* newline = std::find(data, data + size, '\n');
  if (newline == data + size && size < kFirst) return {};
  return hash(data, static_cast<size_t>(newline - data));
}

std::string hash_before(int fd, const std::string& name, uint64_t offset) {
  char data[kBefore];
  const size_t wanted = std::min<uint64_t>(kBefore, offset);
  if (wanted == 0 || read_at(fd, name, data, wanted, offset - wanted) < wanted) return {};
  return hash(data, wanted);
}

}  // namespace alco
