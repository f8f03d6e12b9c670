#pragma once
// Lines from a descriptor, with a bound on their length.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alco {

class LineReader {
 public:
  // Borrows `fd`. `name` is for messages ("stdin", a path).
  LineReader(int fd, std::string name, size_t max_line);

  struct Line {
    std::string_view text;  // without its '\n'; valid until the next call of next()
    bool complete;          // false: the input ended before a '\n'
    uint64_t length;        // of the whole line; more than text.size() if it was cut at max_line
  };

  // The next line, or nullopt at end of input or when a stop was requested while waiting.
  // A line longer than max_line comes cut to max_line. Throws Error(EX_IOERR).
  std::optional<Line> next();

  // Reads what is there without waiting and tells whether next() would return
  // at once: flush and commit before you wait.
  bool has_line();
  // Like has_line(), but waits up to `milliseconds` for one. Also false on a stop.
  bool wait_line(int milliseconds);

  bool ended() const { return ended_; }           // end of input seen (lines may still be in the buffer)
  uint64_t line_number() const { return line_; }  // of the line last returned, from 1
  uint64_t offset() const { return offset_; }     // bytes consumed: start of the next line
  const std::string& name() const { return name_; }

 private:
  enum class Got { data, end, stopped, nothing };
  Got fill(int milliseconds);
  size_t find_newline();

  int fd_;
  std::string name_;
  size_t max_line_;
  std::vector<char> buffer_;
  size_t begin_ = 0;    // first byte not yet returned
  size_t scanned_ = 0;  // bytes after begin_ known to hold no '\n'
  size_t end_ = 0;
  uint64_t dropped_ = 0;  // bytes of the current overlong line that were thrown away
  bool ended_ = false;
  uint64_t line_ = 0;
  uint64_t offset_ = 0;
};

}  // namespace alco
