#pragma once
// The thread that brings the journal of a writer, and those that dead writers left behind, into searchd. It connects
// again with growing delays for as long as it lives.
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lib/config.h"
#include "lib/error.h"
#include "lib/sphinx/journal_feed.h"

namespace alco::sphinx {

class SphinxSender {
 public:
  // `journals` is the folder of all journals of this index and searchd, `own` one of them, borrowed.
  SphinxSender(Disk& disk, std::string journals, Journal& own, const Address& address, const SphinxConfig& config,
               const IndexName& index, std::optional<int> days_kept, std::string rejected_path);
  ~SphinxSender();  // what is not sent stays in the journal

  void wake();  // there is more in the journal

  // Waits until the journal is sent. False if searchd was not to be had, or took nothing, for `patience`, or on a stop.
  bool wait_sent(std::chrono::milliseconds patience);
  std::string trouble() const;  // why it does not get on at present; empty: it does

  // Throws what the thread can't go on with: a disk that fails.
  void check() const;

 private:
  struct Orphan;  // a journal and its feed

  void run();
  void work(Client& client, RowWriter& rows, RejectedFile& rejected);
  void connect(Client& client, RowWriter& rows, RejectedFile& rejected);
  void adopt(Client& client, RowWriter& rows, RejectedFile& rejected);
  std::string pid_file() const;
  void check_space();
  void set_trouble(const std::string& text);
  void fail(const Error& error);  // it ends

  Disk& disk_;
  std::string journals_;
  Journal& own_;
  Address address_;
  const SphinxConfig config_;
  IndexName index_;
  std::optional<int> days_kept_;
  std::string rejected_path_;
  std::string data_dir_;  // empty: searchd runs on another host

  std::optional<JournalFeed> feed_;
  std::vector<std::unique_ptr<Orphan>> orphans_;
  ServerInstance server_;
  uint64_t connects_ = 0;  // that the feeds know of
  std::chrono::steady_clock::time_point next_adoption_{}, next_space_check_{};

  std::atomic<bool> stopping_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  bool more_ = true;
  bool sent_ = false;
  uint64_t progress_ = 0;
  std::string trouble_;
  std::optional<Error> fatal_;
  std::thread thread_;
};

}  // namespace alco::sphinx
