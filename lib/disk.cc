#include "lib/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <mutex>
#include <set>
#include <utility>

#include "lib/error.h"

namespace alco {
namespace {

template <class Call>
auto retry(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) result = call();
  return result;
}

void check(int result, const std::string& path, const char* call) {
  if (result < 0) throw system_error(path, call, errno);
}

// Folders whose names are known to be on the disk. Thread-safe.
class SafeFolders {
 public:
  bool has(const std::string& path) {
    std::lock_guard lock(mutex_);
    return paths_.contains(path);
  }
  void add(const std::string& path) {
    std::lock_guard lock(mutex_);
    paths_.insert(path);
  }

 private:
  std::mutex mutex_;
  std::set<std::string> paths_;
};

SafeFolders& safe_folders() {
  static SafeFolders folders;
  return folders;
}

}  // namespace

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) reset(other.release());
  return *this;
}

int Fd::release() { return std::exchange(fd_, -1); }

void Fd::reset(int fd) {
  if (fd_ >= 0) close(fd_);
  fd_ = fd;
}

Fd Disk::open(const std::string& path, int flags) {
  Fd fd(retry([&] { return ::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0640); }));
  if (!fd) throw system_error(path, "open", errno);
  return fd;
}

Fd Disk::open_if_exists(const std::string& path, int flags) {
  struct stat st;
  if (lstat(path.c_str(), &st) != 0 && errno == ENOENT) return Fd();
  try {
    return open(path, flags);
  } catch (const Error&) {
    if (lstat(path.c_str(), &st) != 0 && errno == ENOENT) return Fd();  // it went away in between
    throw;
  }
}

void Disk::write(int fd, const std::string& path, std::string_view data) {
  while (!data.empty()) {
    const ssize_t n = retry([&] { return ::write(fd, data.data(), data.size()); });
    if (n < 0) throw system_error(path, "write", errno);
    data.remove_prefix(static_cast<size_t>(n));
  }
}

void Disk::write_at(int fd, const std::string& path, std::string_view data, uint64_t offset) {
  while (!data.empty()) {
    const ssize_t n = retry([&] { return pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset)); });
    if (n < 0) throw system_error(path, "pwrite", errno);
    data.remove_prefix(static_cast<size_t>(n));
    offset += static_cast<uint64_t>(n);
  }
}

void Disk::truncate(int fd, const std::string& path, uint64_t size) {
  check(retry([&] { return ftruncate(fd, static_cast<off_t>(size)); }), path, "ftruncate");
}

void Disk::sync(int fd, const std::string& path) { check(fdatasync(fd), path, "fdatasync"); }

void Disk::sync_folder(const std::string& path) {
  Fd fd(retry([&] { return ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC); }));
  if (!fd) throw system_error(path, "open", errno);
  check(fsync(fd.get()), path, "fsync");
}

void Disk::rename(const std::string& from, const std::string& to) {
  check(::rename(from.c_str(), to.c_str()), from, "rename");
}

void Disk::unlink(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw system_error(path, "unlink", errno);
}

// One that is there may have been made by somebody who died, or whose disk failed, before its name was safe: that is
// seen to once in a process. What others may enter, what stands where we may not write and what is mounted was not made
// here.
void Disk::make_folder(const std::string& path) {
  struct stat here, above;
  const bool there = stat(path.c_str(), &here) == 0 && S_ISDIR(here.st_mode);
  if (there && safe_folders().has(path)) return;
  const size_t slash = path.find_last_of('/');
  const std::string parent = slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
  const bool foreign = there && ((here.st_mode & S_IRWXO) != 0 || access(parent.c_str(), R_OK | W_OK) != 0 ||
                                 stat(parent.c_str(), &above) != 0 || above.st_dev != here.st_dev);
  if (parent != path && !foreign) {
    make_folder(parent);
    if (!there && mkdir(path.c_str(), 0750) != 0 && errno != EEXIST) throw system_error(path, "mkdir", errno);
    sync_folder(parent);
  }
  safe_folders().add(path);
}

void Disk::remove_folder(const std::string& path) { check(rmdir(path.c_str()), path, "rmdir"); }

bool Disk::lock(int fd, const std::string& path, bool wait) {
  if (retry([&] { return flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB)); }) == 0) return true;
  if (errno == EWOULDBLOCK) return false;
  throw system_error(path, "flock", errno);
}

std::vector<std::string> Disk::list(const std::string& path) {
  std::vector<std::string> names;
  DIR* folder = opendir(path.c_str());
  if (!folder) {
    if (errno == ENOENT) return names;
    throw system_error(path, "opendir", errno);
  }
  errno = 0;
  while (const dirent* entry = readdir(folder)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  const int failed = errno;
  closedir(folder);
  if (failed) throw system_error(path, "readdir", failed);
  std::sort(names.begin(), names.end());
  return names;
}

size_t Disk::read_at(int fd, const std::string& path, char* data, size_t size, uint64_t offset) {
  size_t done = 0;
  while (done < size) {
    const ssize_t n = retry([&] { return pread(fd, data + done, size - done, static_cast<off_t>(offset + done)); });
    if (n < 0) throw system_error(path, "pread", errno);
    if (n == 0) break;
    done += static_cast<size_t>(n);
  }
  return done;
}

uint64_t Disk::size(int fd, const std::string& path) {
  struct stat st;
  check(fstat(fd, &st), path, "fstat");
  return static_cast<uint64_t>(st.st_size);
}

uint64_t Disk::free_space(const std::string& path) {
  struct statvfs st;
  check(statvfs(path.c_str(), &st), path, "statvfs");
  return static_cast<uint64_t>(st.f_bavail) * st.f_frsize;
}

std::string Disk::read_file(const std::string& path) {
  Fd fd = open_if_exists(path, O_RDONLY);
  if (!fd) throw Error(EX_NOINPUT, path + ": no such file");
  std::string data(size(fd.get(), path), '\0');
  data.resize(read_at(fd.get(), path, data.data(), data.size(), 0));
  return data;
}

void Disk::replace_file(const std::string& path, std::string_view data) {
  const std::string temporary = path + ".tmp" + std::to_string(getpid());
  Fd fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC);
  write(fd.get(), temporary, data);
  sync(fd.get(), temporary);
  fd.reset();
  rename(temporary, path);
  const size_t slash = path.find_last_of('/');
  sync_folder(slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash));
}

Disk& real_disk() {
  static Disk disk;
  return disk;
}

}  // namespace alco
