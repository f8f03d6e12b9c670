#pragma once
// The records in flight and which of them are safe: rule R4 of doc/delivery.md.
//
// Records keep the order in which the source gave them. What is given back to the
// source as safe is always the oldest ones without a gap (take_safe()), each once.
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "lib/delivery/ack_stream.h"
#include "lib/delivery/source.h"

namespace alco {

class AckWindow {
 public:
  explicit AckWindow(unsigned acks_required = 1) : acks_required_(acks_required) {}

  // A new run of the pipeline: all that is not safe shall be sent again, numbered from 1.
  void restart(uint64_t epoch);
  void forget();  // the source lost them all; the caller begins a new epoch with restart()

  void add(Record record);
  bool has_unsent() const;
  // Appends the next unsent record as a line with its place to `out`.
  void send_next(std::string& out);
  // Appends it without a place (nobody will answer), with its id if it has one.
  void send_plain(std::string& out);

  // False: the range names records that were never sent in this epoch. Other epochs and what is safe already: ignored.
  [[nodiscard]] bool mark(const Ack& ack);
  void mark_sent_safe();  // all that was sent in this epoch
  // Forgets the oldest records that are safe and returns how many they were.
  uint64_t take_safe();

  uint64_t epoch() const { return epoch_; }
  uint64_t size() const { return entries_.size(); }
  uint64_t bytes() const { return bytes_; }            // of the text held
  uint64_t unanswered() const { return unanswered_; }  // sent in this epoch and not safe
  uint64_t sent() const { return sent_count_; }        // in this epoch
  bool has_gap() const;                                // an older record has no answer while a younger one has
  uint64_t ignored() const { return ignored_; }        // records in answers for other epochs
  Clock::time_point oldest() const { return entries_.front().since; }
  const std::string& newest_safe() const { return newest_safe_; }  // text of the record that take_safe() forgot last

  // The hunt for a record that kills the pipeline. Records are named by their number from the oldest in the window.
  std::vector<uint64_t> unanswered_records() const;
  unsigned strike(uint64_t nth);  // counts it against the record and returns how often that was
  void hold(uint64_t nth);        // do not send it before release()
  void release();
  uint64_t held() const { return held_; }
  std::vector<uint64_t> held_records() const;
  const std::string& json(uint64_t nth) const { return entries_[nth].json; }
  void set_safe(uint64_t nth);  // it was set aside

 private:
  struct Entry {
    std::string json;
    std::optional<MessageId> id;
    uint64_t seq = 0;  // in this epoch; 0: not sent
    unsigned answers = 0;
    unsigned strikes = 0;
    bool safe = false, held = false;
    Clock::time_point since{};
  };
  void append_line(std::string& out, Entry& entry, bool place);
  void advance();
  void make_safe(Entry& entry);

  unsigned acks_required_;
  uint64_t epoch_ = 0;
  uint64_t base_ = 0;  // absolute number of entries_.front()
  std::deque<Entry> entries_;
  uint64_t cursor_ = 0;        // absolute number of the first entry that may be unsent
  std::deque<uint64_t> sent_;  // absolute numbers by seq, from seq first_seq_
  uint64_t first_seq_ = 1;
  uint64_t sent_count_ = 0;
  uint64_t bytes_ = 0, unanswered_ = 0, ignored_ = 0, held_ = 0;
  std::string newest_safe_;
};

}  // namespace alco
