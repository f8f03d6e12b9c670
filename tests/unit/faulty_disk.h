#pragma once
// A Disk that fails or dies at a chosen call, and forgets what was not synced: names, ends of files, and sectors of 512
// bytes or pages of 4096 in any order.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <set>

#include "lib/disk.h"
#include "lib/error.h"

namespace alco {

struct PowerLoss {};  // thrown at the chosen call and at each one after it

class FaultyDisk : public Disk {
 public:
  enum class Fault { power_loss, error, no_space };

  FaultyDisk(Fault fault, uint64_t at_call, uint64_t seed) : fault_(fault), at_call_(at_call), random_(seed) {}

  uint64_t calls() const { return calls_; }

  Fd open(const std::string& path, int flags) override {
    if (flags & O_CREAT) step(path, "open");
    const bool is_new = (flags & O_CREAT) && !std::filesystem::exists(path);
    Fd fd = Disk::open(path, flags);
    if (is_new || (flags & O_TRUNC)) synced_[path] = 0;
    if (is_new) unsynced_names_[folder(path)].push_back({Change::created, "", path});
    return fd;
  }
  void write(int fd, const std::string& path, std::string_view data) override {
    if (due()) Disk::write(fd, path, data.substr(0, random_() % (data.size() + 1)));  // torn
    step(path, "write");
    Disk::write(fd, path, data);
  }
  void write_at(int fd, const std::string& path, std::string_view data, uint64_t offset) override {
    if (due()) {  // torn
      overwritten_.insert(path);
      Disk::write_at(fd, path, data.substr(0, random_() % (data.size() + 1)), offset);
    }
    step(path, "pwrite");
    Disk::write_at(fd, path, data, offset);
    overwritten_.insert(path);
  }
  void truncate(int fd, const std::string& path, uint64_t size) override {
    step(path, "ftruncate");
    Disk::truncate(fd, path, size);
  }
  void make_folder(const std::string& path) override {
    if (!std::filesystem::exists(path)) {
      step(path, "mkdir");
      unsynced_names_[folder(path)].push_back({Change::created, "", path});
    }
    Disk::make_folder(path);
  }
  void sync(int fd, const std::string& path) override {
    step(path, "fdatasync");
    synced_[path] = size(fd, path);
    overwritten_.erase(path);
    std::filesystem::copy_file(path, path + ".safe", std::filesystem::copy_options::overwrite_existing);
    safe_.insert(path);
  }
  void sync_folder(const std::string& path) override {
    step(path, "fsync");
    unsynced_names_.erase(path);
  }
  void rename(const std::string& from, const std::string& to) override {
    step(from, "rename");
    Disk::rename(from, to);
    if (const auto at = synced_.find(from); at != synced_.end()) {
      synced_[to] = at->second;
      synced_.erase(at);
    }
    unsynced_names_[folder(to)].push_back({Change::renamed, from, to});
  }
  void unlink(const std::string& path) override {
    step(path, "unlink");
    if (!std::filesystem::exists(path)) return;
    const std::string kept = path + ".gone";
    std::filesystem::rename(path, kept);
    unsynced_names_[folder(path)].push_back({Change::removed, kept, path});
  }
  void remove_folder(const std::string& path) override {
    step(path, "rmdir");
    if (!list(path).empty()) throw system_error(path, "rmdir", ENOTEMPTY);
    const std::string kept = path + ".gone";
    std::filesystem::rename(path, kept);
    unsynced_names_[folder(path)].push_back({Change::removed, kept, path});
  }
  std::vector<std::string> list(const std::string& path) override {
    std::vector<std::string> names = Disk::list(path);
    std::erase_if(names, [](const std::string& name) { return name.ends_with(".gone") || name.ends_with(".safe"); });
    return names;
  }

  // What the disk holds after the power came back: of all that was not synced a random part.
  void lose_power() {
    for (auto& [path, changes] : unsynced_names_) {
      while (!changes.empty() && random_() % 2) {
        const Change change = changes.back();
        changes.pop_back();
        undo(change);
      }
    }
    for (const auto& [path, size] : synced_)
      if (std::filesystem::exists(path)) tear(path, size);
  }

 private:
  struct Change {
    enum Kind { created, renamed, removed } kind;
    std::string from, to;
  };

  static std::string folder(const std::string& path) { return path.substr(0, path.find_last_of('/')); }

  // What stands behind `size` was not synced, nor was what was written in place: each sector is new, or as it was.
  void tear(const std::string& path, uint64_t size) {
    const uint64_t now = std::filesystem::file_size(path), sector = random_() % 2 ? 512 : 4096;
    std::string bytes(std::min(now, size + random_() % (now - std::min(now, size) + 1)), '\0'), old;
    std::ifstream(path, std::ios::binary).read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (safe_.count(path) && std::filesystem::exists(path + ".safe")) {
      old.resize(std::filesystem::file_size(path + ".safe"));
      std::ifstream(path + ".safe", std::ios::binary).read(old.data(), static_cast<std::streamsize>(old.size()));
    }
    for (uint64_t at = overwritten_.count(path) ? 0 : size; at < bytes.size();) {
      const uint64_t end = std::min<uint64_t>((at / sector + 1) * sector, bytes.size());
      if (random_() % 2)
        for (; at < end; ++at) bytes[at] = at < old.size() ? old[at] : '\0';
      at = end;
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

  bool due() const { return calls_ + 1 == at_call_ && !dead_; }

  void step(const std::string& path, const char* call) {
    if (dead_) throw PowerLoss();
    if (++calls_ != at_call_) return;
    if (fault_ == Fault::error) throw system_error(path, call, EIO);
    if (fault_ == Fault::no_space) throw system_error(path, call, ENOSPC);
    dead_ = true;
    throw PowerLoss();
  }

  void undo(const Change& change) {
    if (change.kind == Change::created) {
      std::filesystem::remove_all(change.to);
    } else if (std::filesystem::exists(change.kind == Change::removed ? change.from : change.to)) {
      if (change.kind == Change::removed) {
        std::filesystem::rename(change.from, change.to);
      } else {
        std::filesystem::rename(change.to, change.from);
        if (const auto at = synced_.find(change.to); at != synced_.end()) synced_[change.from] = at->second;
      }
    }
  }

  Fault fault_;
  uint64_t at_call_;
  std::mt19937_64 random_;
  uint64_t calls_ = 0;
  bool dead_ = false;
  std::map<std::string, uint64_t> synced_;                     // bytes of a file that are safe
  std::map<std::string, std::vector<Change>> unsynced_names_;  // by folder
  std::set<std::string> overwritten_, safe_;
};

}  // namespace alco
