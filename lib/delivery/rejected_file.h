#pragma once
// What could not be stored, kept for a person to look at: one JSON object a line, appended, synced.
//
//   {"rejected_at":"…","reason":"…","origin":{…},"text":"…"}      or "base64" in place of "text" if it is not UTF-8
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/disk.h"
#include "lib/index_name.h"

namespace alco {

// The file of an index of a store ("dir:PATH" or "sphinx://…", whose files are below `sphinx_dir`).
std::string rejected_path(const std::string& store_url, const std::string& sphinx_dir, const IndexName& index);

class RejectedFile {
 public:
  RejectedFile(Disk& disk, std::string path);  // opened (and its folder made) at the first put()

  // `origin` is a JSON object or empty. Throws Error.
  void put(std::string_view reason, std::string_view text, std::string_view origin = {});
  void sync();  // all that was put is on disk when this returns; nothing to do: returns at once

  // A text too long to hold in memory: begin, parts in order, end. It is collected beside the file and comes into it
  // whole; a begin() without end() leaves nothing.
  void begin(std::string_view reason, std::string_view origin);
  void part(std::string_view bytes);
  void end();

  uint64_t count() const { return count_; }
  const std::string& path() const { return path_; }

 private:
  void open();
  void append(std::string_view line);

  Disk& disk_;
  std::string path_;
  Fd file_;
  uint64_t count_ = 0;
  bool dirty_ = false;
  Fd spool_;
  std::string spool_path_;
  std::string carry_;  // bytes of a streamed text that do not yet make three
};

void append_base64(std::string& out, std::string_view bytes);

}  // namespace alco
