#pragma once
// Which file it is, whatever its name: what tells a rotated file from the one that took its place.
#include <sys/stat.h>

#include <cstdint>
#include <string>

#include "lib/timestamp.h"

namespace alco {

struct FileIdentity {
  uint64_t device = 0, inode = 0;
  Nanoseconds born = 0;  // 0: the file system does not say
  std::string first;     // hash in hex of the first line (of its first 1024 bytes); empty: there is no whole line yet
  uint64_t generation = 0;  // how often it was truncated and written anew

  bool same_file(const FileIdentity& other) const { return inode == other.inode && born == other.born; }
};

struct FileStatus {
  FileIdentity identity;  // without first and generation
  uint64_t size = 0;
  Nanoseconds written = 0;
  bool regular = false, folder = false;
};

// Follow symbolic links. False if there is no such file; throws Error for other troubles.
bool file_status(const std::string& path, FileStatus& status);
FileStatus file_status(int fd, const std::string& name);

// Hash of the first line, as FileIdentity wants it.
std::string hash_first_line(int fd, const std::string& name);
// Hash of up to 64 bytes before `offset`; empty if they are not there.
std::string hash_before(int fd, const std::string& name, uint64_t offset);

}  // namespace alco
