#pragma once
// The system calls that change or read files, behind one seam, so that tests
// can make each of them fail, tear or lose what was not synced.
//
// Everything in lib/store, lib/collect (offsets, rejected file) and lib/catalogue
// that must survive a crash goes through a Disk. All functions throw Error with
// the path and the call; EINTR is retried and short writes are completed here.
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alco {

// An owned descriptor. Closing reports nothing: what must be durable is synced first.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

class Disk {
 public:
  virtual ~Disk() = default;

  // New files get mode 0640, folders 0750 (umask applies). O_CLOEXEC and O_NOFOLLOW are added.
  virtual Fd open(const std::string& path, int flags);
  // As open(), but a file that is not there gives an empty Fd instead of an Error.
  Fd open_if_exists(const std::string& path, int flags);
  virtual void write(int fd, const std::string& path, std::string_view data);
  virtual void write_at(int fd, const std::string& path, std::string_view data, uint64_t offset);
  virtual void truncate(int fd, const std::string& path, uint64_t size);
  virtual void sync(int fd, const std::string& path);  // fdatasync; a failure is final, never retry
  virtual void sync_folder(const std::string& path);   // after create, rename or unlink in it
  virtual void rename(const std::string& from, const std::string& to);
  virtual void unlink(const std::string& path);  // a file that is not there is no error
  // With its parents, and all of them synced; one that is there is no error.
  virtual void make_folder(const std::string& path);
  virtual void remove_folder(const std::string& path);            // must be empty
  virtual bool lock(int fd, const std::string& path, bool wait);  // flock(LOCK_EX); false: another has it

  // Names in a folder without . and .., sorted. A folder that is not there is empty.
  virtual std::vector<std::string> list(const std::string& path);
  // Reads up to `size` bytes; fewer only at the end of the file.
  virtual size_t read_at(int fd, const std::string& path, char* data, size_t size, uint64_t offset);
  virtual uint64_t size(int fd, const std::string& path);
  // Bytes that a user without privileges can still write below `path`.
  virtual uint64_t free_space(const std::string& path);

  std::string read_file(const std::string& path);  // whole; EX_NOINPUT if it is not there
  // Writes a temporary file beside it, syncs, renames, syncs the folder: old or new, never a half.
  void replace_file(const std::string& path, std::string_view data);
};

Disk& real_disk();

}  // namespace alco
