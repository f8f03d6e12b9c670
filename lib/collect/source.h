#pragma once
// Where records come from: a broker, followed files, stdin. Driven by the one poll loop of alco-consume:
//
//   loop: collect descriptors and timeouts of source and pipeline, stop::wait(), then
//         while the pipeline has room and next() gives a record: hand it on; tell acked() what is durable.
//
// The loop numbers the records of each pipeline (R2); a source knows only the order in which it gave them out.
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alco {

struct Record {
  std::string_view json;  // one JSON object that satisfies R1, without "@alco" and without '\n'
  std::string_view id;    // 32 hex digits, or empty: nothing is known that tells a repetition from a new event
};

class Source {
 public:
  enum class Got { record, nothing, ended };
  virtual ~Source() = default;

  // Appends what to wait for before next() can give more. poll(2) fills revents in; next() need not look at them.
  virtual void add_descriptors(std::vector<pollfd>& fds) = 0;
  // next() has work to do after this time even if no descriptor is ready; negative: no such time.
  virtual std::chrono::milliseconds timeout() = 0;

  // Never waits. The views in `record` are valid until the next call. `ended`: no more will ever come.
  virtual Got next(Record& record) = 0;

  // The oldest `count` records given out and not yet acknowledged are durable: they need never come again.
  virtual void acked(uint64_t count) = 0;
  // The pipeline died: all records given out and not acknowledged come again, from the oldest.
  virtual void rewind() = 0;
  // Called each time round the loop also while nothing is read (the pipeline is full): heartbeats, saving offsets.
  virtual void service() {}
  // A stop was requested: take no new records in; next() gives what is already half read, then `ended`.
  virtual void stop() = 0;
  // After the last acked(): save, say good-bye. What is not acknowledged goes back to where it came from.
  virtual void close() = 0;
};

}  // namespace alco
