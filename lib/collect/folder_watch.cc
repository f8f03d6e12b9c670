#include "lib/collect/folder_watch.h"

#ifdef __linux__
#include <sys/inotify.h>
#include <unistd.h>

#include <cstring>
#include <unordered_map>

#include "lib/disk.h"
#endif

namespace alco {
namespace {

class BlindWatch : public FolderWatch {
 public:
  int fd() const override { return -1; }
  void add(const std::string&) override {}
  bool take(std::vector<FolderChange>&) override { return false; }
};

#ifdef __linux__
class Inotify : public FolderWatch {
 public:
  explicit Inotify(int fd) : fd_(fd) {}
  int fd() const override { return fd_.get(); }

  void add(const std::string& folder) override {
    constexpr uint32_t kMask = IN_MODIFY | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_ONLYDIR;
    const int watch = inotify_add_watch(fd_.get(), folder.c_str(), kMask);
    if (watch >= 0) folders_[watch] = folder;
  }

  bool take(std::vector<FolderChange>& changes) override {
    alignas(inotify_event) char buffer[64 << 10];
    bool all_seen = true;
    ssize_t size;
    while ((size = read(fd_.get(), buffer, sizeof buffer)) > 0) {
      for (ssize_t at = 0; at < size;) {
        inotify_event event;
        memcpy(&event, buffer + at, sizeof event);
        const char* name = buffer + at + sizeof event;
        at += static_cast<ssize_t>(sizeof event + event.len);
        if (event.mask & IN_Q_OVERFLOW) all_seen = false;
        if (event.mask & IN_IGNORED) folders_.erase(event.wd);
        const auto folder = folders_.find(event.wd);
        if (event.len > 0 && folder != folders_.end())
          changes.push_back({folder->second + "/" + name, (event.mask & IN_MODIFY) == 0});
      }
    }
    return all_seen;
  }

 private:
  Fd fd_;
  std::unordered_map<int, std::string> folders_;
};
#endif

}  // namespace

std::unique_ptr<FolderWatch> make_blind_watch() { return std::make_unique<BlindWatch>(); }

std::unique_ptr<FolderWatch> make_folder_watch() {
#ifdef __linux__
  const int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (fd >= 0) return std::make_unique<Inotify>(fd);
#endif
  return make_blind_watch();
}

}  // namespace alco
