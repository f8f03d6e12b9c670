#pragma once
// Lines of a text log to events: finds the time of each line, joins what continues it.
//
//   TextEvents text({.source = "app.log", .host = host, .written = mtime});
//   while (auto line = in.next()) {
//     text.add(line->text, now(), in.offset());
//     while (const Event* event = text.next()) use(*event, text.end());
//   }
//   text.finish();
//   while (const Event* event = text.next()) use(*event, text.end());
//
// `message` is the whole line, or the lines joined with '\n', with U+FFFD for bytes that are not UTF-8; a '\r' before
// the '\n' stays. Members, where the line shows them: host, program, pid, level; and source, if the options name it.
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "lib/event.h"

namespace alco {

struct Multiline {
  enum class Mode { automatic, off, pattern };
  Mode mode = Mode::automatic;
  std::string pattern;  // RE2; a line that it matches begins an event
};

// "auto", "off" or a regular expression. Throws Error(EX_USAGE) for a bad one.
Multiline parse_multiline(const std::string& text);

struct TextOptions {
  std::string source;       // the file as it shall be shown; empty: no such member
  std::string host;         // where the line names none; empty: no such member
  Nanoseconds written = 0;  // when the file was last written: gives the year where lines have none; 0: now
  Multiline multiline = {};
  size_t max_event = size_t{1} << 20;  // joining stops there; a single line may be longer
};

class TextEvents {
 public:
  explicit TextEvents(TextOptions options);
  ~TextEvents();
  TextEvents(TextEvents&&) noexcept;
  TextEvents& operator=(TextEvents&&) noexcept;

  // Takes a line without its '\n'; copies it. `arrival` is the time of an event for which none can be found (it
  // gets the tag _timeparsefailure). `end` is the caller's position behind the line, for end().
  void add(std::string_view line, Nanoseconds arrival, uint64_t end = 0);
  // The next event that is complete, or nullptr: an event is when the line behind it has been seen.
  // Valid until the next call of anything here.
  const Event* next();
  // No line will continue what is waiting: next() gives it.
  void finish();

  bool waiting() const;              // lines are held back that finish() would release
  uint64_t end() const;              // the position behind the last line of the event that next() gave last
  void set_written(Nanoseconds at);  // the file has grown

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alco
