#pragma once
// Lines of a file or a stream, without ever waiting, with a bound on memory.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/disk.h"

namespace alco {

class LineInput {
 public:
  enum class Kind { file, stream };

  // `fd` may be one that blocks. A line longer than max_line is handed to `spill` in parts as it comes.
  LineInput(Fd fd, std::string name, Kind kind, size_t max_line, std::function<void(std::string_view)> spill);

  struct Line {
    std::string_view text;  // without its '\n'; of a spilled line the first 64 KiB; valid until the next call
    uint64_t length = 0;    // of the whole line
    uint64_t end = 0;       // position behind the line and its '\n'
    bool spilled = false;
  };

  enum class Got { line, nothing, end };
  // nothing: a file is at its end for now, a stream has no more yet; end: the stream is over.
  // Throws Error(EX_IOERR).
  Got next(Line& line);
  // What is left without '\n' when nothing will follow. False if there is nothing.
  bool rest(Line& line);

  void stop_reading() { over_ = true; }  // what was read is still given, then it is the end

  int fd() const { return fd_.get(); }
  uint64_t position() const { return position_; }  // behind all that was read
  uint64_t given() const { return given_; }        // behind the last line given
  // The last bytes before position(), at most 64: to see whether the file is still the one that was read.
  const std::string& tail() const { return tail_; }
  // Go on at `offset`, forgetting what is buffered.
  void seek(uint64_t offset, std::string tail);

 private:
  bool read_more();  // false: nothing now
  void spill_buffer();
  void release();
  void give(Line& line, size_t newline);

  Fd fd_;
  std::string name_;
  Kind kind_;
  size_t max_line_;
  std::function<void(std::string_view)> spill_;
  std::vector<char> buffer_;
  size_t begin_ = 0, scanned_ = 0, filled_ = 0;
  uint64_t position_ = 0, given_ = 0;
  std::string tail_;
  std::string head_;      // of a line that is being spilled
  uint64_t spilled_ = 0;  // its bytes so far
  std::string given_head_;
  bool over_ = false;
};

}  // namespace alco
