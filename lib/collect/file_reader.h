#pragma once
// One file or stream to records, from a position on.
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "lib/collect/file_identity.h"
#include "lib/collect/line_input.h"
#include "lib/collect/line_records.h"
#include "lib/delivery/message_id.h"
#include "lib/delivery/rejected_file.h"
#include "lib/delivery/source.h"

namespace alco {

struct ReaderOptions {
  LineFormat format = LineFormat::automatic;
  Multiline multiline;
  size_t max_record = size_t{4} << 20;
  std::string host;                  // where a text line names none
  std::optional<IdKey> key;          // for the ids of the records; nullopt: they get none
  RejectedFile* rejected = nullptr;  // borrowed; nullptr: there is none, only a warning
};

class FileReader {
 public:
  enum class AtEnd { finish, wait };  // a last line without '\n' counts; or it waits for more

  // `identity` goes into the ids of the records. A stream has none: its ids hold only for this run.
  FileReader(Fd fd, std::string path, const FileStatus& status, AtEnd at_end, const ReaderOptions& options);

  struct Given {
    Record record;
    uint64_t begin = 0, end = 0;  // the bytes that it was made of
  };
  bool next(Given& given);  // never waits; false: nothing now
  bool ended() const { return ended_; }

  // Nothing more will be written: from now on as with AtEnd::finish. False if it was so already.
  bool finish() { return std::exchange(at_end_, AtEnd::finish) == AtEnd::wait; }

  // Text is held back for lines that may continue it; release() lets it go.
  bool waiting() const { return records_.waiting(); }
  Clock::time_point last_line() const { return last_line_; }
  void release() { records_.finish(); }

  // No more is read; of a stream, next() still gives what was.
  void stop();

  enum class Change { none, grown, rewritten };
  Change check();  // has the file more than was read, or is it another now (truncated, written anew)?

  void seek(uint64_t offset);      // all before it is done
  void restart();                  // after Change::rewritten: from the beginning, as the next generation
  const FileIdentity& identity();  // with the first line, once there is one
  void set_identity(const FileIdentity& identity) { identity_ = identity; }
  uint64_t position() const { return input_.position(); }
  int fd() const { return input_.fd(); }
  const std::string& path() const { return path_; }

 private:
  void begin_generation();
  MessageId id_of(uint64_t begin);
  void spill(std::string_view part);
  void reject(std::string_view text);
  void add(const LineInput::Line& line);
  std::string origin(uint64_t offset) const;

  ReaderOptions options_;
  std::string path_;
  bool stream_;
  AtEnd at_end_;
  FileIdentity identity_;
  LineRecords records_;  // before input_: its options look at the file
  LineInput input_;
  LineRecords::Out out_;
  uint64_t done_ = 0;  // behind the record given last
  bool finished_ = false, ended_ = false, spilling_ = false, rewritten_ = false;
  Nanoseconds written_ = 0;  // when check() compared last
  uint64_t renamed_ = 0;
  Clock::time_point last_line_{};
};

// {"file":"…","offset":12}: where a rejected record came from.
std::string file_origin(const std::string& path, uint64_t offset);

// Opens what `path` names, following links, without waiting for the other end of a FIFO. Throws Error(EX_NOINPUT,
// EX_NOPERM, EX_IOERR).
Fd open_input(const std::string& path);

bool looks_binary(int fd);  // a NUL among its first bytes: not text

}  // namespace alco
