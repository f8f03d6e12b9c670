#include "lib/delivery/ack_window.h"

#include <algorithm>
#include <cassert>

#include "lib/delivery/message_id.h"

namespace alco {

void AckWindow::restart(uint64_t epoch) {
  epoch_ = epoch;
  sent_.clear();
  first_seq_ = 1;
  sent_count_ = 0;
  unanswered_ = 0;
  cursor_ = base_;
  for (Entry& entry : entries_) {
    entry.seq = 0;
    entry.answers = 0;
  }
  advance();
}

void AckWindow::forget() {
  base_ += entries_.size();
  entries_.clear();
  bytes_ = held_ = 0;
  restart(epoch_);
}

void AckWindow::add(Record record) {
  bytes_ += record.json.size();
  Entry& entry = entries_.emplace_back();
  entry.json = std::move(record.json);
  entry.id = record.id;
  entry.since = Clock::now();
}

// Moves the cursor to the next record that is to be sent.
void AckWindow::advance() {
  while (cursor_ < base_ + entries_.size()) {
    const Entry& entry = entries_[cursor_ - base_];
    if (!entry.safe && !entry.held && entry.seq == 0) return;
    ++cursor_;
  }
}

bool AckWindow::has_unsent() const { return cursor_ < base_ + entries_.size(); }

void AckWindow::append_line(std::string& out, Entry& entry, bool place) {
  if (!place && !entry.id) {
    out.append(entry.json).push_back('\n');
    return;
  }
  out += "{\"@alco\":{";
  if (place) {
    out += "\"p\":\"";
    append_place(out, {epoch_, entry.seq});
    out += entry.id ? "\"," : "\"";
  }
  if (entry.id) out.append("\"id\":\"").append(to_hex(*entry.id)).push_back('"');
  out += '}';
  size_t rest = 1;
  while (rest < entry.json.size() && entry.json[rest] == ' ') ++rest;
  if (entry.json[rest] != '}') out += ',';
  out.append(entry.json, rest).push_back('\n');
}

void AckWindow::send_next(std::string& out) {
  assert(has_unsent());
  Entry& entry = entries_[cursor_ - base_];
  entry.seq = ++sent_count_;
  sent_.push_back(cursor_);
  ++unanswered_;
  append_line(out, entry, true);
  advance();
}

void AckWindow::send_plain(std::string& out) {
  assert(has_unsent());
  Entry& entry = entries_[cursor_ - base_];
  entry.seq = ++sent_count_;
  sent_.push_back(cursor_);
  ++unanswered_;
  append_line(out, entry, false);
  advance();
}

void AckWindow::make_safe(Entry& entry) {
  if (entry.safe) return;
  entry.safe = true;
  if (entry.seq != 0) --unanswered_;
  if (entry.held) --held_;
  entry.held = false;
}

bool AckWindow::mark(const Ack& ack) {
  if (ack.epoch != epoch_) {
    ++ignored_;
    return true;
  }
  if (ack.last > sent_count_) return false;
  for (uint64_t seq = std::max(ack.first, first_seq_); seq <= ack.last; ++seq) {
    const uint64_t number = sent_[seq - first_seq_];
    if (number < base_) continue;
    Entry& entry = entries_[number - base_];
    if (++entry.answers >= acks_required_) make_safe(entry);
  }
  return true;
}

void AckWindow::mark_sent_safe() {
  for (Entry& entry : entries_)
    if (entry.seq != 0) make_safe(entry);
}

uint64_t AckWindow::take_safe() {
  uint64_t count = 0;
  while (!entries_.empty() && entries_.front().safe) {
    bytes_ -= entries_.front().json.size();
    newest_safe_ = std::move(entries_.front().json);
    entries_.pop_front();
    ++base_;
    ++count;
  }
  while (!sent_.empty() && sent_.front() < base_) {
    sent_.pop_front();
    ++first_seq_;
  }
  if (cursor_ < base_) cursor_ = base_;
  advance();
  return count;
}

bool AckWindow::has_gap() const {
  return unanswered_ > 0 &&
         std::any_of(entries_.begin(), entries_.end(), [](const Entry& entry) { return entry.safe && entry.seq != 0; });
}

std::vector<uint64_t> AckWindow::unanswered_records() const {
  std::vector<uint64_t> all;
  for (uint64_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].seq != 0 && !entries_[i].safe) all.push_back(i);
  return all;
}

unsigned AckWindow::strike(uint64_t nth) { return ++entries_[nth].strikes; }

void AckWindow::hold(uint64_t nth) {
  Entry& entry = entries_[nth];
  if (entry.safe || entry.held) return;
  entry.held = true;
  ++held_;
}

void AckWindow::release() {
  for (Entry& entry : entries_) entry.held = false;
  held_ = 0;
  cursor_ = base_;
  advance();
}

std::vector<uint64_t> AckWindow::held_records() const {
  std::vector<uint64_t> all;
  for (uint64_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].held) all.push_back(i);
  return all;
}

void AckWindow::set_safe(uint64_t nth) { make_safe(entries_[nth]); }

}  // namespace alco
