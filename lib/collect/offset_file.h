#pragma once
// How far each followed file was stored: a small JSON file that is replaced as a whole.
#include <string>
#include <vector>

#include "lib/collect/file_identity.h"
#include "lib/disk.h"

namespace alco {

struct FileOffset {
  std::string path;
  FileIdentity identity;
  uint64_t offset = 0;  // all before it is stored
  std::string before;   // hash of what is before it: tells a file that was written anew
};

class OffsetFile {
 public:
  // Locks PATH.lock until it is destroyed: Error(EX_TEMPFAIL) if another process follows with this file.
  OffsetFile(Disk& disk, std::string path);

  // Empty if there is none. Throws Error(EX_CONFIG) that names the file if it can't be understood.
  std::vector<FileOffset> load();
  void save(const std::vector<FileOffset>& offsets);  // durable when it returns

 private:
  Disk& disk_;
  std::string path_;
  Fd lock_;
};

}  // namespace alco
