#pragma once
// The stream of acknowledgements from the last stage back to alco-consume: rule R3 of doc/delivery.md.
//
//   hello 1 alco-index/0.1.0
//   ok 9f86d081884c7d65 1-500
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alco {

enum class AckVerb : uint8_t { hello, ok, drop, bad, busy };

// A record's place on the pipe: "<epoch in hex>:<number>".
struct Place {
  uint64_t epoch = 0;
  uint64_t seq = 0;
};
std::optional<Place> parse_place(std::string_view text);
void append_place(std::string& out, const Place& place);

struct Ack {
  AckVerb verb;
  uint64_t epoch = 0;            // not with hello
  uint64_t first = 0, last = 0;  // ok, drop, bad: first <= last; busy: first is the number of seconds
};

// Exact sets of places: numbers that follow each other are merged, nothing in between is made up.
class AckRanges {
 public:
  void add(AckVerb verb, const Place& place);
  void append(const AckRanges& more);
  bool empty() const { return ranges_.empty(); }
  void clear() { ranges_.clear(); }
  std::span<const Ack> ranges() const { return ranges_; }

 private:
  std::vector<Ack> ranges_;
};

// Writes without ever waiting; what does not fit into the pipe is kept for the next flush().
class AckWriter {
 public:
  explicit AckWriter(int fd);  // borrowed; set to O_NONBLOCK. Negative: all goes nowhere
  void hello(std::string_view who);
  void send(const AckRanges& ranges);
  void busy(uint64_t epoch, unsigned seconds);
  bool flush();  // true if nothing is left to write. A reader that went away ends the matter in silence
  bool open() const { return fd_ >= 0; }

 private:
  void line(std::string_view text);
  int fd_;
  std::vector<std::string> packets_;  // whole lines, each at most 512 bytes together: one write(2), not torn
};

class AckParser {
 public:
  // Calls visit for each line that is understood; others are counted. Bytes may come in pieces.
  void feed(std::string_view bytes, const std::function<void(const Ack&)>& visit);
  uint64_t ignored() const { return ignored_; }

 private:
  std::string partial_;
  bool skipping_ = false;  // inside a line that is too long
  uint64_t ignored_ = 0;
};

}  // namespace alco
