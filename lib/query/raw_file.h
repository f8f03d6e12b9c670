#pragma once
// A plain file or a pipe as events: NDJSON, or lines of text (lib/collect/text_events.h).
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/collect/text_events.h"
#include "lib/disk.h"
#include "lib/event.h"
#include "lib/event_parser.h"
#include "lib/query/line_filter.h"

namespace alco::query {

// Bytes by offset. A pipe can be read once and in order, unless it is spooled.
class RawFile {
 public:
  // "-" is stdin. Throws Error(EX_NOINPUT) or what open() says.
  explicit RawFile(const std::string& path);

  static constexpr std::chrono::milliseconds kForEver{-1};

  // Up to `size` bytes at `offset`; fewer only at the end. For a pipe `offset` must be what was read so far; waits
  // up to `patience` for the first byte. A stop or stop_on() ends the wait with nothing read.
  size_t read(char* data, size_t size, uint64_t offset, std::chrono::milliseconds patience = kForEver);
  bool seekable() const { return seekable_; }
  void stop_on(const std::atomic<bool>* cancel) { cancel_ = cancel; }  // borrowed: ends a wait for more
  bool ended() const { return ended_; }                                // a pipe: its writer is gone
  void spool();                                                        // reads the whole pipe into a temporary file
  // With tail -f's patience: was the file replaced by a new one, or cut? Then it is opened anew.
  bool reopened();

  bool json();                  // looks at the first byte that is no space; waits for it
  Nanoseconds written() const;  // when it was last changed; now for a pipe
  const std::string& name() const { return name_; }

 private:
  void open();

  std::string path_, name_;
  Fd fd_;
  uint64_t device_ = 0, inode_ = 0;
  bool seekable_ = false, ended_ = false;
  std::string ahead_;  // of a pipe: read by json(), not yet given out
  std::optional<bool> json_;
  const std::atomic<bool>* cancel_ = nullptr;
  uint64_t largest_ = 0;  // end of what was read so far
};

// The events of a file in their order.
class RawEvents {
 public:
  // With `filter` (borrowed): of NDJSON, only the events of lines that it does not exclude.
  RawEvents(RawFile& file, uint64_t offset, const Multiline& multiline, const LineFilter* filter = nullptr);

  // The next event, or nullptr at the (present) end. Valid until the next call. `growing`: neither waits nor takes a
  // last line without '\n'.
  const Event* next(bool growing = false);
  void release();  // growing: what waits for a line that may continue it will be given by next()
  uint64_t begin() const { return begin_; }  // where the event stands in the file
  uint64_t end() const { return end_; }
  uint64_t excluded() const { return excluded_; }  // events that the filter left out so far

 private:
  bool next_line(std::string_view& line, bool growing, std::chrono::milliseconds patience);

  RawFile& file_;
  std::vector<char> buffer_;
  size_t at_ = 0, filled_ = 0;
  uint64_t base_;  // offset of the buffer's first byte
  uint64_t begin_, end_;
  bool finished_ = false;
  const LineFilter* filter_;
  uint64_t excluded_ = 0;
  EventParser parser_;
  std::unique_ptr<TextEvents> text_;  // null: NDJSON
  Nanoseconds arrival_;
};

// One event whose place is known, in a reader's own buffer.
class RawEventAt {
 public:
  explicit RawEventAt(RawFile& file);
  const Event& read(uint64_t offset, uint64_t length, bool backwards);  // valid until the next call

 private:
  RawFile& file_;
  std::vector<char> buffer_;
  uint64_t base_ = 0;
  size_t filled_ = 0;
  EventParser parser_;
  std::unique_ptr<TextEvents> text_;
  Nanoseconds arrival_;
};

}  // namespace alco::query
