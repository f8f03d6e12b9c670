#include "lib/sphinx/journal_feed.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <random>

#include "lib/error.h"
#include "lib/log.h"

namespace alco::sphinx {
namespace {

using std::chrono::seconds;

constexpr size_t kBatchRows = 4000;
constexpr size_t kBatchBytes = size_t{4} << 20;
constexpr size_t kKeepFrames = 4;
constexpr seconds kSaveEvery(2), kLookEvery(60), kCheckpointEvery(600);
constexpr uint64_t kCheckpointBytes = uint64_t{64} << 20;
constexpr uint64_t kKeepRows = 1'000'000;  // whose ids are remembered after a restart
constexpr unsigned kSlow = 3,
                   kGiveUp = 6;  // failures of the link at one place: send row by row, then set the row aside
constexpr seconds kSoon(5);
constexpr seconds kMark(1);
constexpr seconds kSettled(15), kSettledIfCrowded(5);  // no writer takes longer from a look to the end of a statement
constexpr size_t kSample = 1000;
constexpr unsigned kMaxReplays = 3;

void add_time(std::map<int64_t, TimeSpan>& days, Nanoseconds time) {
  const int64_t second = time / kSecond - (time % kSecond < 0);
  TimeSpan& span = days.try_emplace(utc_day(time), TimeSpan{second, second}).first->second;
  span = {std::min(span.first, second), std::max(span.last, second)};
}

// All that searchd wrote is on the disk.
void sync_disk(const std::string& folder) {
  const Fd fd = real_disk().open(folder, O_RDONLY | O_DIRECTORY);
#ifdef __linux__
  if (syncfs(fd.get()) != 0) throw system_error(folder, "syncfs", errno);
#else
  sync();
#endif
}

}  // namespace

ServerInstance ask_instance(Client& client, const std::string& pid_file) {
  ServerInstance server;
  struct stat st;
  if (!pid_file.empty() && stat(pid_file.c_str(), &st) == 0)
    server.mark = static_cast<uint64_t>(st.st_mtim.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(st.st_mtim.tv_nsec);
  Rows rows = client.query("SHOW STATUS");
  while (rows.next()) {
    if (rows.text(0) == "uptime") server.start = static_cast<uint64_t>(now() / kSecond) - rows.unsigned_number(1);
    if (rows.text(0) == "connections") server.connections = rows.unsigned_number(1);
  }
  return server;
}

JournalFeed::JournalFeed(Journal& journal, Client& client, RowWriter& rows, RejectedFile& rejected,
                         const SphinxConfig& config, std::string data_dir, size_t max_statement)
    : journal_(journal),
      client_(client),
      rows_(rows),
      rejected_(rejected),
      config_(config),
      data_dir_(std::move(data_dir)),
      max_statement_(max_statement),
      state_(journal.state()),
      next_(state_.sent),
      days_unknown_(state_.safe < state_.sent),
      last_checkpoint_(Clock::now()) {
  if (days_unknown_) marks_.push_back({state_.sent, {}, Clock::now(), {}});
}

void JournalFeed::connected(const ServerInstance& server) {
  const uint64_t drift = std::max(server.start, state_.server_start) - std::min(server.start, state_.server_start);
  const bool same = state_.server_start != 0 && drift <= 2 && server.connections > state_.server_connections &&
                    server.mark == state_.server_mark;
  if (!same && state_.safe < next_) {
    const uint64_t rows = journal_.rows_from(state_.safe) - journal_.rows_from(next_);
    log::notice("%s was restarted: sending again what it may have lost, about %ju events",
                client_.address().name().c_str(), static_cast<uintmax_t>(rows));
    replay_until_ = std::max(replay_until_, next_);
    next_ = state_.safe;
    skip_ = 0;
    sample_.clear();
    sample_text_.clear();
    flushed_.clear();
    marks_.clear();
    looked_ = 0;
    days_unknown_ = false;
    replays_ = 0;
  }
  state_.server_start = server.start;
  state_.server_connections = server.connections;
  state_.server_mark = server.mark;
  if (!same) save();
}

// Whole frames up to the limits of a batch, or after failures a single row. All were sent before, or none.
size_t JournalFeed::read_batch(std::vector<JournalRow>& rows, JournalPlace& behind) {
  size_t bytes = 0, count = 0;
  if (frames_.size() > kKeepFrames) frames_.resize(kKeepFrames);
  frames_.reserve(kBatchRows);  // frames do not move
  while (rows.size() < kBatchRows && bytes < kBatchBytes && count < kBatchRows) {
    JournalPlace place = behind;
    if (count == frames_.size()) frames_.emplace_back();
    JournalFrame& frame = frames_[count];
    if (!journal_.read(place, frame) || (count > 0 && frame.indexed != frames_[0].indexed)) break;
    ++count;
    behind = place;
    for (const JournalRow& row : frame.rows) bytes += row.values.size() + row.fields.size();
    rows.insert(rows.end(), frame.rows.begin(), frame.rows.end());
    if (link_failures_ >= kSlow || skip_ > 0 || (next_ < replay_until_ && behind >= replay_until_)) break;
  }
  return bytes;
}

bool JournalFeed::step() {
  std::vector<JournalRow> rows;
  JournalPlace behind = next_;
  if (read_batch(rows, behind) == 0 && rows.empty()) return false;
  const auto began = Clock::now();
  const bool slow = link_failures_ >= kSlow || skip_ > 0;
  const uint64_t set_aside = rejected_.count();
  try {
    size_t begin = slow ? skip_ : 0;
    while (begin < rows.size()) {
      size_t end = begin, bytes = 0;
      while (end < rows.size() && end - begin < (slow ? 1 : kBatchRows) &&
             (end == begin || bytes + rows[end].values.size() + rows[end].fields.size() < max_statement_))
        bytes += rows[end].values.size() + rows[end].fields.size(), ++end;
      const std::span<const JournalRow> part(rows.data() + begin, end - begin);
      if (slow && link_failures_ >= kSlow + kGiveUp)
        rows_.reject(part[0], client_.address().name() + " breaks the connection when it gets this event");
      else
        rows_.put(part, frames_[0].indexed, next_ < replay_until_ ? Sending::again : Sending::first);
      begin = end;
      if (slow) {
        skip_ = begin;
        link_failures_ = std::min(link_failures_, kSlow);
      }
    }
  } catch (const Error& error) {
    // A row that searchd can't stand breaks the link each time; a searchd that is away or slow is not the row's fault.
    if (error.code() == EX_UNAVAILABLE && Clock::now() - began < kSoon) ++link_failures_;
    throw;
  }
  link_failures_ = 0;
  skip_ = 0;
  if (next_ < replay_until_ && rejected_.count() == set_aside)
    for (size_t i = 0; i < 5 && sample_.size() < kSample; ++i) {
      const JournalRow& row = rows[std::random_device{}() % rows.size()];
      JournalRow copy = row;
      copy.values = sample_text_.emplace_back(row.values);
      copy.fields = {};
      sample_.push_back(copy);
    }
  sent(rows, behind);
  return true;
}

void JournalFeed::sent(std::span<const JournalRow> rows, JournalPlace behind) {
  rejected_.sync();
  if (marks_.empty() || Clock::now() - marks_.back().begun > kMark)
    marks_.push_back({behind, Clock::now(), Clock::now(), {}});
  marks_.back().place = behind;
  marks_.back().at = Clock::now();
  for (const JournalRow& row : rows) add_time(marks_.back().days, row.time);
  next_ = behind;
  if (replay_until_ != JournalPlace{} && next_ >= replay_until_) verify_replay();
  if (next_ > state_.sent) state_.sent = next_;
  if (Clock::now() - last_save_ >= kSaveEvery) save();
}

// Are the rows there that were sent again?
void JournalFeed::verify_replay() {
  replay_until_ = {};
  const uint64_t present = rows_.count_present(sample_);
  if (present == sample_.size()) {
    log::notice("%s has what it was sent again", client_.address().name().c_str());
  } else if (++replays_ > kMaxReplays) {
    log::error("%s: %zu of %zu events are not there after they were sent %u times", client_.address().name().c_str(),
               static_cast<size_t>(sample_.size() - present), sample_.size(), replays_);
  } else {
    log::warning("%s: %zu of %zu events are not there: sending the whole journal again",
                 client_.address().name().c_str(), static_cast<size_t>(sample_.size() - present), sample_.size());
    replay_until_ = next_;
    next_ = state_.safe = journal_.begin();
    marks_.clear();
    looked_ = 0;
    flushed_.clear();
  }
  sample_.clear();
  sample_text_.clear();
}

void JournalFeed::save() {
  if (state_.sent < state_.safe) state_.sent = state_.safe;
  journal_.save(state_);
  last_save_ = Clock::now();
}

JournalPlace JournalFeed::written() const { return flushed_.empty() ? state_.safe : flushed_.back().place; }

// Marks whose rows no other writer can overwrite any more.
size_t JournalFeed::settled() const {
  const seconds age = journal_.bytes() > config_.journal_bytes / 2 ? kSettledIfCrowded : kSettled;
  size_t count = 0;
  while (count < marks_.size() && Clock::now() - marks_[count].at >= age) ++count;
  return count;
}

void JournalFeed::checkpoint_if_due() {
  if (next_ < state_.sent) return;  // sending again
  if (const size_t marks = settled(); marks > 0) {
    const uint64_t bytes = journal_.bytes_from(written()) - journal_.bytes_from(marks_[marks - 1].place);
    const uint64_t enough = std::min(kCheckpointBytes, config_.journal_bytes / 4);
    const bool due = bytes >= enough || Clock::now() - last_checkpoint_ >= kCheckpointEvery;
    if (due || Clock::now() - last_look_ >= kLookEvery) look_for_overwritten(marks);
    if (due) checkpoint(marks);
  }
  drop_safe();
}

// Of the rows that an earlier process sent.
void JournalFeed::learn_days() {
  JournalFrame frame;
  for (JournalPlace at = state_.safe; at < marks_[0].place && journal_.read(at, frame);)
    for (const JournalRow& row : frame.rows) add_time(marks_[0].days, row.time);
  days_unknown_ = false;
}

// The days that searchd serves, and the times in them.
JournalFeed::Days JournalFeed::days_of(size_t begin, size_t end) {
  if (days_unknown_) learn_days();
  Days days;
  for (size_t i = begin; i < end; ++i)
    for (const auto& [day, span] : marks_[i].days) {
      TimeSpan& all = days.try_emplace(day, span).first->second;
      all = {std::min(all.first, span.first), std::max(all.last, span.last)};
    }
  std::erase_if(days, [&](const auto& day) { return !rows_.tables().has(day.first, utc_day(now())); });
  return days;
}

// Stores what is missing of the rows of these marks: what is there stays.
void JournalFeed::look_for_overwritten(size_t marks) {
  last_look_ = Clock::now();
  const Days days = days_of(looked_, marks);
  const bool possible = std::any_of(days.begin(), days.end(), [&](const auto& day) {
    return rows_.others_wrote(day.first, day.second, state_.writer);
  });
  JournalFrame frame;
  JournalPlace at = looked_ > 0 ? marks_[looked_ - 1].place : written();
  while (possible && at < marks_[marks - 1].place && journal_.read(at, frame)) {
    std::span<const JournalRow> rows = frame.rows;
    while (!rows.empty()) {
      const auto part = rows.first(std::min(rows.size(), kBatchRows));
      const RowCounts counts = rows_.put(part, frame.indexed, Sending::again);
      if (counts.stored > 0)
        log::notice("%s: %ju events had been overwritten and are stored again", client_.address().name().c_str(),
                    static_cast<uintmax_t>(counts.stored));
      rows = rows.subspan(part.size());
    }
  }
  rejected_.sync();
  looked_ = marks;
}

void JournalFeed::checkpoint(size_t marks) {
  const JournalPlace place = marks_[marks - 1].place;
  for (const auto& [day, span] : days_of(0, marks))
    client_.execute(flush_table(client_.engine(), rows_.tables().table(day)));
  marks_.erase(marks_.begin(), marks_.begin() + static_cast<ptrdiff_t>(marks));
  looked_ = 0;
  last_checkpoint_ = Clock::now();
  if (data_dir_.empty()) {
    flushed_.push_back({place, Clock::now()});
    return;
  }
  sync_disk(data_dir_);
  state_.safe = place;
  save();
}

void JournalFeed::drop_safe() {
  const bool crowded = journal_.bytes() > config_.journal_bytes / 2;
  while (!flushed_.empty() && (crowded || Clock::now() - flushed_.front().at >= seconds(config_.journal_keep))) {
    state_.safe = flushed_.front().place;
    flushed_.pop_front();
    if (flushed_.empty()) save();
  }
  journal_.trim(state_.safe, crowded ? 0 : kKeepRows, config_.journal_bytes / 4);
}

}  // namespace alco::sphinx
