#pragma once
// A hint that something changed in a folder: inotify where there is such a thing. Nobody relies on it alone; files
// are looked at now and then anyway (network file systems tell nothing).
#include <memory>
#include <string>
#include <vector>

namespace alco {

struct FolderChange {
  std::string path;
  bool name = false;  // it came, went or moved; else it was written to
};

class FolderWatch {
 public:
  virtual ~FolderWatch() = default;
  // Readable when there are changes; -1: this watch sees nothing, look at the files yourself.
  virtual int fd() const = 0;
  virtual void add(const std::string& folder) = 0;  // one that is not there, or is watched already, is no error
  // Appends what happened since the last call. False: something was missed, look at all.
  virtual bool take(std::vector<FolderChange>& changes) = 0;
};

std::unique_ptr<FolderWatch> make_folder_watch();  // the best that this system has

// Sees nothing: for systems without inotify, and when it can't be had.
std::unique_ptr<FolderWatch> make_blind_watch();

}  // namespace alco
