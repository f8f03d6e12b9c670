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
constexpr seconds kSaveEvery(2), kCheckpointEvery(600);
constexpr uint64_t kCheckpointBytes = uint64_t{64} << 20;
constexpr uint64_t kKeepRows = 1'000'000;  // whose ids are remembered after a restart
constexpr unsigned kSlow = 3,
                   kGiveUp = 6;  // failures of the link at one place: send row by row, then set the row aside
constexpr seconds kSoon(5);
constexpr size_t kSample = 1000;
constexpr unsigned kMaxReplays = 3;

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
      last_checkpoint_(Clock::now()) {}

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
    replays_ = 0;
  }
  state_.server_start = server.start;
  state_.server_connections = server.connections;
  state_.server_mark = server.mark;
  if (!same) save();
}

// Whole frames up to the limits of a batch, or after failures a single row.
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
    if (link_failures_ >= kSlow || skip_ > 0) break;
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
  sent(behind);
  return true;
}

void JournalFeed::sent(JournalPlace behind) {
  rejected_.sync();
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
    next_ = journal_.begin();
  }
  sample_.clear();
  sample_text_.clear();
}

void JournalFeed::save() {
  if (state_.sent < state_.safe) state_.sent = state_.safe;
  journal_.save(state_);
  last_save_ = Clock::now();
}

void JournalFeed::checkpoint_if_due() {
  if (next_ < state_.sent) return;  // sending again
  const uint64_t behind = journal_.bytes_from(state_.safe) - journal_.bytes_from(state_.sent);
  const uint64_t enough = std::min(kCheckpointBytes, config_.journal_bytes / 4);
  if (behind > 0 && (behind >= enough || Clock::now() - last_checkpoint_ >= kCheckpointEvery)) checkpoint();
  drop_safe();
}

void JournalFeed::checkpoint() {
  const JournalPlace place = state_.sent;
  if (!flushed_.empty() && flushed_.back().place == place) return;
  const bool manticore = client_.engine() == Engine::manticore;
  std::set<int64_t> days = rows_.dirty_days();
  if (days_unknown_) {
    JournalFrame frame;
    for (JournalPlace at = state_.safe; at < place && journal_.read(at, frame);)
      for (const JournalRow& row : frame.rows) days.insert(utc_day(row.time));
  }
  std::erase_if(days, [&](int64_t day) { return rows_.tables().state(day, utc_day(now())) != DayState::served; });
  for (const int64_t day : days)
    client_.execute((manticore ? "FLUSH TABLE " : "FLUSH RTINDEX ") + rows_.tables().table(day));
  rows_.clear_dirty_days();
  days_unknown_ = false;
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
