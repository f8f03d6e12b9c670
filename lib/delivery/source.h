#pragma once
// Where records come from: a broker, files, standard input. deliver() drives one Source in one poll loop.
//
// The source hands out records in an order of its own and remembers, for those
// that are not yet acknowledged, what to do when they are (a delivery tag, an
// offset). deliver() keeps their text and sends it again when the pipeline
// dies; the source is not asked twice.
#include <poll.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "lib/store/store.h"

namespace alco {

using Clock = std::chrono::steady_clock;

struct Record {
  std::string json;             // one valid JSON object, UTF-8, without '\n' and without a member "@alco"
  std::optional<MessageId> id;  // nullopt: what comes again can't be told from another that looks the same
};

struct SourceCounters {
  uint64_t received = 0;     // messages or lines
  uint64_t redelivered = 0;  // of these, came before
  uint64_t reconnects = 0;
  uint64_t rejected = 0;  // set aside by the source itself
};

class Source {
 public:
  virtual ~Source() = default;

  // Before each poll: adds descriptors to wait for, returns the time at which work() must be called at the latest
  // (Clock::time_point::max(): no matter). `wanted` is false while the window is full: do not wait for input then.
  virtual Clock::time_point prepare(std::vector<pollfd>& fds, bool wanted) = 0;
  // After each poll: whatever can be done without waiting (read, heartbeats, reconnect). Throws Error if it can't go
  // on.
  virtual void work() = 0;
  // The next record, or false if there is none now. Never blocks.
  virtual bool next(Record& record) = 0;
  // Nothing will come any more (end of the files or of standard input; after stop(): at once).
  virtual bool ended() const = 0;

  // What is written now would come: false while there is no connection.
  virtual bool connected() const { return true; }

  // The `count` oldest records that were not acknowledged yet are safe.
  virtual void acked(uint64_t count) = 0;
  // True once after the connection broke: all records that are not acknowledged will come again by themselves, and
  // acked() counts from the next record that next() gives.
  virtual bool lost() { return false; }
  // Nothing can be stored for so long that the broker would lose patience: gives all records that are not acknowledged
  // back and stops reading until prepare() says that they are wanted. False: there is no need to.
  virtual bool give_back() { return false; }
  // Text for people that a rejected record came with (headers, file and line), a JSON object; `nth` counts from the
  // oldest record not acknowledged, 0.
  virtual std::string origin(uint64_t nth) const = 0;

  virtual void stop() = 0;   // SIGTERM: hand out no more
  virtual void close() = 0;  // give back what is not acknowledged, save offsets, say goodbye; the last call
  virtual bool reload() { return true; }  // SIGHUP; false: the new configuration can't be used, the old one stays
  virtual SourceCounters counters() const = 0;
  virtual std::string trouble() const { return ""; }  // why nothing comes at the moment, for people
};

}  // namespace alco
