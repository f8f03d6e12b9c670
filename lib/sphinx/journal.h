#pragma once
// What stands between an acknowledgement and searchd: rows, appended and synced, kept until searchd is known to have
// them on its own disk. A folder of one writer at a time:
//
//   lock            flock'd by the writer
//   state           JournalState and XXH3 of that, replaced whole
//   0000000001.j    frames, appended; a new file after 16 MiB and at each start
//
// A frame is a commit, or 256 KiB of it: what is written while it is in the processor's cache costs half. It is magic
// "ALCJ", size of what follows the header, rows, whether that is plain, last arrival, XXH3 of all the rest; then the
// names of indexed columns and for each row its id, time and values. They are packed only while much waits to be sent,
// since that costs as much as all else that is done with an event. A crash can leave a frame behind that is cut short:
// it was never acknowledged. What does not match its sum is skipped and named by file and bytes, nothing is removed for
// that, and the frames behind it are read. A `state` that is damaged is made anew, and all frames are sent again, which
// is harmless. Thread-safe: one thread adds, one reads and trims.
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "lib/disk.h"
#include "lib/store/store.h"

namespace alco::sphinx {

struct JournalRow {
  MessageId id;
  Nanoseconds time = 0;
  std::string_view values;  // ",17,…" for row_columns() without indexed columns, no closing parenthesis
  std::string_view fields;  // ",'…','…'" for the indexed columns
};

struct JournalPlace {
  uint64_t file = 0, offset = 0;
  auto operator<=>(const JournalPlace&) const = default;
};

struct JournalFrame {
  std::string bytes, unpacked;       // what the rows are views of; do not move a frame
  std::vector<std::string> indexed;  // names of the indexed columns of its rows
  std::vector<JournalRow> rows;
};

struct JournalState {
  uint64_t writer = 0;        // 0 to 2047: the low bits of every arrival number
  uint64_t last_moment = 0;   // the others
  JournalPlace safe;          // everything before is on searchd's disk
  JournalPlace sent;          // everything before was accepted by searchd
  uint64_t server_start = 0;  // s since 1970, about, of the searchd that accepted it; 0: none yet
  uint64_t server_connections = 0;
  uint64_t server_mark = 0;  // of its pid file, if that is on this host
};

struct JournalSizes {
  uint64_t file = uint64_t{16} << 20;        // of a file, about
  uint64_t pack_from = uint64_t{128} << 20;  // waiting to be sent: what is added from then on is packed
};

class Journal {
 public:
  // Opens or makes the folder; `indexed` are the columns of the rows to come. Throws Error(EX_TEMPFAIL) if another
  // process has it.
  Journal(Disk& disk, std::string path, std::vector<std::string> indexed = {}, JournalSizes sizes = {});
  static bool exists(Disk& disk, const std::string& path);

  const std::string& path() const { return path_; }
  JournalState state() const;
  void save(const JournalState& state);  // but for last_moment, which is the journal's own

  // The number of the next row: microseconds since 1970 in its high 52 bits, one more than the last if the clock did
  // not move on, and the writer's number in the low 11.
  int64_t next_arrival();

  // commit() has all rows on disk that were added. It throws Error: EX_TEMPFAIL (no space) leaves them pending.
  void add(const JournalRow& row);
  uint64_t pending_rows() const { return pending_rows_; }
  uint64_t pending_bytes() const { return pending_.size() + written_; }
  void commit();

  JournalPlace begin() const;  // of the oldest frame
  JournalPlace end() const;    // behind the newest
  uint64_t bytes() const;      // of all files
  uint64_t bytes_from(JournalPlace place) const;
  uint64_t rows_from(JournalPlace place) const;  // about: whole files

  // The first frame at `place` or behind damage there; `place` moves behind it. False at the end of the journal.
  bool read(JournalPlace& place, JournalFrame& frame);

  // Removes the files that lie wholly before `place`, the oldest first, while more than `keep_rows` rows or
  // `keep_bytes` bytes stay.
  void trim(JournalPlace place, uint64_t keep_rows, uint64_t keep_bytes);

 private:
  struct File {
    uint64_t bytes = 0, rows = 0;        // up to the end of its last frame
    std::map<uint64_t, uint64_t> holes;  // damaged, from one byte to before the other
  };

  std::string file_path(uint64_t number) const;
  void load_state();
  bool parse_state(std::string_view text);
  void scan(uint64_t number);
  void name_missing_files(uint64_t before, uint64_t next) const;
  void name_hole(uint64_t number, uint64_t begin, uint64_t end) const;
  bool next_in_file(JournalPlace& place, uint64_t& size) const;
  void find_behind_damage(JournalPlace& place, uint64_t size);
  void write_frame();

  Disk& disk_;
  std::string path_;
  JournalSizes sizes_;
  Fd lock_;
  mutable std::mutex mutex_;  // guards what follows
  JournalState state_;
  std::map<uint64_t, File> files_;
  JournalPlace end_;
  Fd file_;  // the newest, open for appending, once this process has begun one
  uint64_t last_moment_ = 0;
  uint64_t newest_frame_ = 0;  // the last moment of those that were there

  // Only of the thread that adds:
  std::string empty_frame_;    // room for a header, and the names of the indexed columns
  std::string pending_;        // the same with the rows that are in no frame yet
  uint64_t frame_rows_ = 0;    // number of these
  uint64_t pending_rows_ = 0;  // and of those in frames that are not synced
  uint64_t written_ = 0;       // bytes of these frames, behind end_
  bool full_ = false;          // the disk was, since the last commit
  std::string packed_;
};

}  // namespace alco::sphinx
