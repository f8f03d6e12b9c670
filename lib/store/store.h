#pragma once
// What a store is to the rest of ALCO. Two kinds implement it: the directory
// (lib/store/dir_store.h) and searchd (lib/sphinx/sphinx_store.h); lib/query/raw_reader.h
// reads plain files through the same Reader.
#include <atomic>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/event.h"
#include "lib/index_name.h"
#include "lib/query/query.h"
#include "lib/timestamp.h"

namespace alco {

struct Config;

inline constexpr Nanoseconds kMinTime = std::numeric_limits<Nanoseconds>::min();
inline constexpr Nanoseconds kMaxTime = std::numeric_limits<Nanoseconds>::max();

// A place in the one total order. Ids are positive (63 bits), unique in their index, never change, and grow in
// order of commit of each writer.
struct Position {
  Nanoseconds time = 0;
  uint64_t id = 0;
  auto operator<=>(const Position&) const = default;
};

enum class Order : unsigned char {
  oldest_first,  // by (time, id)
  newest_first,
  arrival,  // by id alone, rising; `after` takes a mark in place of an id: see Scan::mark()
};

struct ScanRequest {
  std::shared_ptr<const query::Node> query;  // null: everything
  Nanoseconds since = kMinTime;              // since <= time
  Nanoseconds until = kMaxTime;              // time < until (kMaxTime: no bound)
  Order order = Order::oldest_first;
  std::optional<Position> after;  // only what lies strictly behind this in `order` (arrival: id alone counts)
  uint64_t limit = std::numeric_limits<uint64_t>::max();  // at most so many hits
  std::vector<std::string> columns;                       // dotted paths whose values the hits shall carry
  bool message = true;                                    // hits shall carry the message
  bool json = false;                                      // hits shall carry the whole event
  const std::atomic<bool>* cancel = nullptr;              // borrowed; set to true: next() returns false soon (< 50 ms)
  std::atomic<double>* progress =
      nullptr;  // borrowed; share of the time range done, 0 to 1, stored now and then by any call
};

struct FieldValue {
  Type type = Type::absent;
  std::string_view text;  // as query.h says
};

// Views are valid until the next call of next().
struct Hit {
  Position at;
  std::optional<std::string_view> message;
  std::vector<FieldValue> columns;  // one for each of ScanRequest::columns, in that order
  std::string_view json;            // one JSON object, no '\n'; empty if not asked for
};

// What was read to find an answer, and what could not be.
struct ScanStats {
  uint64_t segments = 0, segments_skipped = 0;
  uint64_t blocks = 0, blocks_skipped = 0;
  uint64_t events = 0;  // events in the blocks that were looked at
  uint64_t bytes = 0;   // read from files
  double progress = 0;  // share of the time range done, 0 to 1
  std::vector<std::string>
      incomplete;  // reasons why hits may be missing: a corrupt block by name, an agent that is down
};

class Scan {
 public:
  virtual ~Scan() = default;
  // The next hit in order, or false at the end (or when cancelled). Throws Error only if nothing can be read at all.
  virtual bool next(Hit& hit) = 0;
  // If only JSON was asked for: further hits in one go, each with '\n'; their number, 0 if next() is to be asked. The
  // view is valid until the next call of either.
  virtual uint64_t next_lines(std::string_view& /*lines*/) { return 0; }
  virtual ScanStats stats() const = 0;
  // Order::arrival only: the place behind the last hit, at the end the place behind all that was looked at. Given as
  // after->id to another scan of this Reader, exactly what came later follows, also if several writers' commits
  // overtake each other. Marks rise. An event's id will do as well, for a Reader that did not make the mark: then
  // events of other writers from the seconds before it may come again.
  virtual uint64_t mark() const = 0;
};

struct CountResult {
  uint64_t count = 0;
  ScanStats stats;
};

struct Histogram {
  Nanoseconds origin = 0, width = 0;                    // bucket i covers [origin + i*width, origin + (i+1)*width)
  std::map<std::string, std::vector<uint64_t>> counts;  // by value of the split field; "" without one, or if absent
  ScanStats stats;
};

struct ValueCount {
  std::string value;
  uint64_t count = 0;
};

struct TopValues {
  std::vector<ValueCount> values;  // most frequent first, equal counts by value; exact
  uint64_t distinct = 0;           // values in all
  uint64_t without = 0;            // matching events that lack the field
  ScanStats stats;
};

struct FieldInfo {
  std::string name;  // dotted path
  std::vector<Type> types;
  uint64_t events = 0;  // that have it, about
};

struct Summary {
  uint64_t events = 0;
  uint64_t bytes = 0;                                  // on disk
  Position oldest, newest;                             // by time; zero if there are no events
  uint64_t newest_id = 0;                              // by arrival
  std::vector<std::pair<std::string, uint64_t>> days;  // "20261122" and its number of events, rising
};

// Reads one index. Thread-safe. Each call sees all that was committed before it began.
class Reader {
 public:
  virtual ~Reader() = default;
  virtual std::unique_ptr<Scan> scan(const ScanRequest& request) = 0;
  // Of these, request.order, after, limit, columns, message and json are ignored. histogram() throws Error(EX_USAGE) if
  // the field has too many values to keep their counts.
  virtual CountResult count(const ScanRequest& request) = 0;
  virtual Histogram histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                              const std::string& split_field) = 0;
  virtual TopValues top(const ScanRequest& request, const std::string& field, size_t limit) = 0;
  virtual std::vector<FieldInfo> fields() = 0;  // by name; "message" is not among them
  // These two throw Error(EX_UNAVAILABLE) if `cancel` (see ScanRequest) became true before they knew.
  virtual std::optional<Position> find_id(uint64_t id, const std::atomic<bool>* cancel = nullptr) = 0;
  virtual Summary summary(const std::atomic<bool>* cancel = nullptr) = 0;
  virtual uint64_t newest_mark() = 0;  // behind all that was committed
};

// Identity of a message, for dropping what comes again: see DELIVERY in doc/delivery.md.
struct MessageId {
  uint64_t high = 0, low = 0;
  bool operator==(const MessageId&) const = default;
};

struct CommitResult {
  uint64_t stored = 0;
  uint64_t repeated = 0;  // dropped: their MessageId was stored before
};

// Writes to one index; one thread. Several writers, in several processes, may work on one index.
class Writer {
 public:
  virtual ~Writer() = default;
  // Copies what it needs. Nothing is durable or visible before commit() returns.
  virtual void add(const Event& event, const std::optional<MessageId>& id) = 0;
  virtual uint64_t pending_events() const = 0;
  virtual uint64_t pending_bytes() const = 0;  // memory held for them, about
  // All that was added is on disk when this returns. Throws Error: EX_IOERR is final for this writer (open a
  // new one), EX_TEMPFAIL (disk at its reserve, backend down) leaves the events pending: call again later.
  virtual CommitResult commit() = 0;
  // A chance to merge small commits while the input is quiet; returns at once if there is nothing to do.
  virtual void idle() {}
  // At the end of the input: waits until what was committed can be found, where that takes longer than commit() does.
  // Throws Error(EX_TEMPFAIL) if it can't be for now; it is on disk none the less, and the next writer sees to it.
  virtual void finish() {}
};

class Store {
 public:
  virtual ~Store() = default;
  virtual std::vector<IndexName> indexes() = 0;
  // Throws Error(EX_NOINPUT) for an index that is not there, listing those that are.
  virtual std::shared_ptr<Reader> reader(const IndexName& index) = 0;
  virtual std::unique_ptr<Writer> writer(const IndexName& index) = 0;  // creates the index
  virtual std::string url() const = 0;                                 // without secrets
};

// "dir:/path", "sphinx://host:port" or "sphinx:/path/of/socket". Throws Error(EX_USAGE) for others. `config`: where
// writers keep their journals, and if this is its store, how long the days of searchd are kept.
std::unique_ptr<Store> open_store(const std::string& url, const Config& config);

}  // namespace alco
