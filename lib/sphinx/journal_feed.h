#pragma once
// One journal on its way into searchd: sends, remembers what was accepted, starts again from what is safe when searchd
// was restarted (its "OK" is no promise), has searchd write to disk now and then, and drops what is safe.
//
// Of two writers that store different messages under one number in the same moment the later wins. So before rows
// become safe they are looked for again, once no other writer can still be about to store what it looked for before
// them.
#include <chrono>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "lib/config.h"
#include "lib/sphinx/journal.h"
#include "lib/sphinx/row_writer.h"

namespace alco::sphinx {

// What searchd says of itself at the begin of a connection.
struct ServerInstance {
  uint64_t start = 0;        // s since 1970, about
  uint64_t connections = 0;  // that it has had, this one included
  uint64_t mark = 0;         // time of its pid file, in ns; 0: on another host
};
ServerInstance ask_instance(Client& client, const std::string& pid_file);  // empty: on another host

class JournalFeed {
 public:
  // Borrows all but the path: searchd's data folder if it is on this host, else empty.
  JournalFeed(Journal& journal, Client& client, RowWriter& rows, RejectedFile& rejected, const SphinxConfig& config,
              std::string data_dir, size_t max_statement);

  // After each connect.
  void connected(const ServerInstance& server);

  // Sends the next batch. False if there was none. Throws as RowWriter::put().
  bool step();
  bool done() const { return next_ >= journal_.end(); }
  uint64_t rows_left() const { return journal_.rows_from(next_); }

  // Has searchd write to its disk what it accepted, when that is due.
  void checkpoint_if_due();
  void save();  // where it is

 private:
  using Clock = std::chrono::steady_clock;

  using Days = std::map<int64_t, TimeSpan>;  // since 1970: the times of rows
  struct Mark {                              // rows that were sent
    JournalPlace place;                      // behind the last of them
    Clock::time_point begun, at;
    Days days;
  };

  size_t read_batch(std::vector<JournalRow>& rows, JournalPlace& behind);
  void sent(std::span<const JournalRow> rows, JournalPlace behind);
  JournalPlace written() const;  // searchd was told to write all before to its disk
  size_t settled() const;        // of marks_
  void learn_days();
  Days days_of(size_t begin, size_t end);  // marks
  void look_for_overwritten(size_t marks);
  void checkpoint(size_t marks);
  void drop_safe();
  void verify_replay();

  Journal& journal_;
  Client& client_;
  RowWriter& rows_;
  RejectedFile& rejected_;
  const SphinxConfig& config_;
  std::string data_dir_;
  size_t max_statement_;

  JournalState state_;
  std::vector<JournalFrame> frames_;  // of the batch, the first ones with the memory of the one before
  JournalPlace next_;                 // what is sent next
  std::deque<Mark> marks_;            // not safe yet, in order
  size_t looked_ = 0;                 // marks whose rows were looked for again
  bool days_unknown_;                 // of the first mark: an earlier process sent its rows
  size_t skip_ = 0;                   // rows of the frame at next_ that were sent one by one
  JournalPlace replay_until_;         // sending again what was sent before, up to there
  std::vector<JournalRow> sample_;    // of what was sent again; views into sample_text_
  std::deque<std::string> sample_text_;
  unsigned replays_ = 0;        // of the same rows, because some were missing
  unsigned link_failures_ = 0;  // at next_, each soon after the statement was sent
  Clock::time_point last_save_{}, last_checkpoint_{}, last_look_{};
  struct Flushed {
    JournalPlace place;
    Clock::time_point at;
  };
  std::deque<Flushed> flushed_;  // another host: written there, but not known to be on its disk
};

}  // namespace alco::sphinx
