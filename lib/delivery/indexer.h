#pragma once
// The loop of alco-index: lines in, commits out, and an answer for each record that carries a position (R3, R4, R13,
// R14).
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/config.h"
#include "lib/delivery/ack_stream.h"
#include "lib/delivery/rejected_file.h"
#include "lib/delivery/run_dir.h"
#include "lib/delivery/source.h"
#include "lib/event_parser.h"
#include "lib/line_reader.h"
#include "lib/store/store.h"

namespace alco {

struct IndexerOptions {
  std::string name;                       // of the index, for the file of counters; empty: there is none
  uint64_t batch = 0;                     // events a commit; 0: 500 with positions, 131,072 without
  std::chrono::milliseconds interval{0};  // from the first event of a commit; 0: 200 ms with positions, 1 s without
  bool strict = false;                    // a line that is no JSON object ends the run
  int ack_fd = -1;                        // answers go there; negative: there are none
  size_t max_record = size_t{4} << 20;    // a longer line is cut for the store and kept whole in the rejected file
  size_t max_fields = 1000;               // a record with more members is cut in the same way
  IndexConfig index;                      // columns that are never stored
};

struct IndexerCounters {
  uint64_t lines = 0, committed = 0, repeated = 0, rejected = 0, commits = 0;
  Nanoseconds newest = 0;  // time of the newest event committed
};

class Indexer {
 public:
  Indexer(LineReader& in, Writer& writer, RejectedFile& rejected, const IndexerOptions& options);

  // Until the end of the input or a stop. Returns the exit code: 0; 65 if the input of a pipeline was cut in the middle
  // of a record or held lines that are no records; 75 if a stop came before the end and records were left unread.
  // Throws Error, its text ending with the number of lines that are committed.
  int run();
  const IndexerCounters& counters() const { return counters_; }

 private:
  int loop();
  void write_counters();
  bool wait_for_line();
  void take(const LineReader::Line& line);
  void take_long(const LineReader::Line& line, const std::string& what);
  void take_garbage(const LineReader::Line& line);
  void store(const Event& event, size_t bytes);
  const Event& without_excluded(const Event& event);
  bool excluded(const std::string& path);
  bool commit_is_due();
  void commit();
  CommitResult commit_when_possible();
  std::chrono::milliseconds idle_limit() const;

  LineReader& in_;
  Writer& writer_;
  RejectedFile& rejected_;
  IndexerOptions options_;
  AckWriter acks_;
  AckRanges uncommitted_;
  EventParser parser_;
  IndexerCounters counters_;
  std::optional<CountersFile> file_;

  bool positioned_;       // records carry positions: small commits
  bool damaged_ = false;  // a record of a pipeline was cut or replaced by something else
  uint64_t epoch_ = 0;    // of the newest record
  uint64_t pending_ = 0;  // events added since the last commit
  uint64_t pending_bytes_ = 0;
  Nanoseconds pending_newest_ = 0;
  uint64_t committed_lines_ = 0;
  Nanoseconds arrival_ = 0;
  Clock::time_point first_{};  // when the first of them was added
  Clock::time_point quiet_{};  // since when the input is quiet, if it is

  bool may_exclude_ = false;
  std::unordered_map<std::string, bool> excluded_;  // by dotted path, as they come
  Event reduced_;
};

}  // namespace alco
