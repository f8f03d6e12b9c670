#include "lib/sphinx/sphinx_sender.h"

#include <algorithm>
#include <filesystem>
#include <new>

#include "lib/log.h"
#include "lib/sphinx/free_space.h"
#include "lib/stop.h"

namespace alco::sphinx {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kFirstDelay(100), kLongestDelay(10'000);
constexpr seconds kAdoptEvery(60), kSpaceEvery(1), kLook(1);
constexpr Timeouts kTimeouts{milliseconds(3000), milliseconds(30'000)};
constexpr size_t kDefaultPacket = size_t{8} << 20;

// Bytes of a statement that searchd takes; twice what is used, for the escapes and the documents' numbers.
size_t max_statement(Client& client) {
  size_t packet = 0;
  Rows rows = client.query("SHOW VARIABLES");
  while (rows.next())
    if (rows.text(0) == "max_allowed_packet") packet = rows.unsigned_number(1);
  return (packet ? packet : kDefaultPacket) / 2;
}

}  // namespace

struct SphinxSender::Orphan {
  Orphan(Disk& disk, const std::string& path, Client& client, RowWriter& rows, RejectedFile& rejected,
         const SphinxConfig& config, const std::string& data_dir)
      : journal(disk, path), feed(journal, client, rows, rejected, config, data_dir, max_statement(client)) {}

  Journal journal;
  JournalFeed feed;
};

SphinxSender::SphinxSender(Disk& disk, std::string journals, Journal& own, const Address& address,
                           const SphinxConfig& config, const IndexName& index, std::optional<int> days_kept,
                           std::string rejected_path)
    : disk_(disk),
      journals_(std::move(journals)),
      own_(own),
      address_(address),
      config_(config),
      index_(index),
      days_kept_(days_kept),
      rejected_path_(std::move(rejected_path)) {
  std::error_code none;
  if (address_.on_this_host() && std::filesystem::is_directory(config_.data_dir, none)) data_dir_ = config_.data_dir;
  thread_ = std::thread([this] { run(); });
}

SphinxSender::~SphinxSender() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void SphinxSender::wake() {
  {
    const std::lock_guard lock(mutex_);
    more_ = true;
    sent_ = false;
  }
  changed_.notify_all();
}

bool SphinxSender::wait_sent(milliseconds patience) {
  std::unique_lock lock(mutex_);
  uint64_t seen = progress_;
  auto last = std::chrono::steady_clock::now();
  while (!sent_) {
    changed_.wait_for(lock, milliseconds(50));
    if (fatal_) throw *fatal_;
    if (progress_ != seen) {
      seen = progress_;
      last = std::chrono::steady_clock::now();
    }
    const auto limit = trouble_.empty() ? patience : patience / 3;  // a searchd that works may be slow
    if (stop::requested() || std::chrono::steady_clock::now() - last > limit) return sent_;
  }
  return true;
}

std::string SphinxSender::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void SphinxSender::check() const {
  const std::lock_guard lock(mutex_);
  if (fatal_) throw *fatal_;
}

void SphinxSender::set_trouble(const std::string& text) {
  const std::lock_guard lock(mutex_);
  if (text.empty() && !trouble_.empty()) log::notice("%s: storing again", address_.name().c_str());
  trouble_ = text;
}

void SphinxSender::fail(const Error& error) {
  const std::lock_guard lock(mutex_);
  fatal_ = error;
  changed_.notify_all();
}

void SphinxSender::run() {
  Client client(address_, kTimeouts);
  RejectedFile rejected(disk_, rejected_path_);
  RowWriter rows(client, index_, days_kept_, rejected, stopping_);
  milliseconds delay = kFirstDelay;
  while (!stopping_) {
    try {
      work(client, rows, rejected);
      set_trouble("");
      delay = kFirstDelay;
    } catch (const std::bad_alloc&) {
      return fail(Error(EX_OSERR, "out of memory"));
    } catch (const Error& error) {
      if (stopping_) break;
      if (error.code() != EX_UNAVAILABLE && error.code() != EX_TEMPFAIL && error.code() != EX_DATAERR)
        return fail(error);
      set_trouble(error.what());
      log::warning_limited("searchd", "%s; events wait in %s", error.what(), own_.path().c_str());
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, delay, [this] { return stopping_.load(); });
      delay = std::min(delay * 2, kLongestDelay);
    }
  }
  try {
    if (feed_) feed_->save();
    for (const auto& orphan : orphans_) orphan->feed.save();
  } catch (const Error& error) {
    log::warning("%s", error.what());
  }
}

// One batch of each journal, or a wait if there is none.
void SphinxSender::work(Client& client, RowWriter& rows, RejectedFile& rejected) {
  connect(client, rows, rejected);
  check_space();
  if (std::chrono::steady_clock::now() >= next_adoption_) adopt(client, rows, rejected);
  {
    const std::lock_guard lock(mutex_);
    more_ = false;
  }
  bool any = feed_->step();
  for (const auto& orphan : orphans_) any |= orphan->feed.step();
  feed_->checkpoint_if_due();
  for (const auto& orphan : orphans_) orphan->feed.checkpoint_if_due();
  std::unique_lock lock(mutex_);
  if (any) ++progress_;
  if (!any && !more_) sent_ = true;
  changed_.notify_all();
  if (!any) changed_.wait_for(lock, kLook, [this] { return more_ || stopping_; });
}

void SphinxSender::connect(Client& client, RowWriter& rows, RejectedFile& rejected) {
  if (client.connected() && feed_ && connects_ == client.connects()) return;
  client.connect();
  server_ = ask_instance(client, pid_file());
  if (!feed_) feed_.emplace(own_, client, rows, rejected, config_, data_dir_, max_statement(client));
  rows.forget();
  feed_->connected(server_);
  for (const auto& orphan : orphans_) orphan->feed.connected(server_);
  connects_ = client.connects();
}

// Journals that nobody writes any more and that hold rows.
void SphinxSender::adopt(Client& client, RowWriter& rows, RejectedFile& rejected) {
  next_adoption_ = std::chrono::steady_clock::now() + kAdoptEvery;
  std::erase_if(orphans_, [](const auto& orphan) {
    return orphan->feed.done() && orphan->journal.state().safe >= orphan->journal.state().sent;
  });
  for (const std::string& name : disk_.list(journals_)) {
    const std::string path = journals_ + "/" + name;
    const auto known = [&](const auto& orphan) { return orphan->journal.path() == path; };
    if (path == own_.path() || std::any_of(orphans_.begin(), orphans_.end(), known)) continue;
    if (!Journal::exists(disk_, path)) continue;
    try {
      orphans_.push_back(std::make_unique<Orphan>(disk_, path, client, rows, rejected, config_, data_dir_));
      orphans_.back()->feed.connected(server_);
    } catch (const Error& error) {
      if (error.code() == EX_UNAVAILABLE) throw;  // the link: searchd may be another one now
      if (error.code() != EX_TEMPFAIL)            // its writer lives
        log::warning_limited(path, "%s; what waits in this journal is not sent", error.what());
    }
  }
}

std::string SphinxSender::pid_file() const {
  if (data_dir_.empty()) return "";
  const auto set = config_.searchd.find("pid_file");
  return set != config_.searchd.end() ? set->second : data_dir_ + "/searchd.pid";
}

void SphinxSender::check_space() {
  if (data_dir_.empty() || std::chrono::steady_clock::now() < next_space_check_) return;
  next_space_check_ = std::chrono::steady_clock::now() + kSpaceEvery;
  check_free_space(disk_, data_dir_, config_.reserve_bytes);
  const auto binlog = config_.searchd.find("binlog_path");
  if (binlog != config_.searchd.end() && !binlog->second.empty())
    check_free_space(disk_, binlog->second, config_.reserve_bytes);
}

}  // namespace alco::sphinx
