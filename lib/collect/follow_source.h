#pragma once
// Files that grow: followed through rotation, remembered over restarts.
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "lib/collect/file_names.h"
#include "lib/collect/file_reader.h"
#include "lib/collect/folder_watch.h"
#include "lib/collect/given_records.h"
#include "lib/collect/offset_file.h"
#include "lib/delivery/source.h"

namespace alco {

struct FollowOptions {
  std::vector<std::string> arguments;  // files, also such as are not there yet, folders, patterns
  ReaderOptions reader;
  std::string state;                    // the offset file; empty: offsets are not kept
  bool poll = false;                    // without inotify
  std::chrono::seconds keep_moved{60};  // a file that was moved away is read on until it was quiet for so long
};

class FollowSource : public Source {
 public:
  explicit FollowSource(FollowOptions options);
  ~FollowSource() override;

  Clock::time_point prepare(std::vector<pollfd>& fds, bool wanted) override;
  void work() override;
  bool next(Record& record) override;
  bool ended() const override { return stopped_; }
  void acked(uint64_t count) override;
  std::string origin(uint64_t nth) const override;
  void stop() override { stopped_ = true; }
  void close() override;
  SourceCounters counters() const override { return counters_; }

 private:
  struct Followed {
    FileOffset saved;  // what is stored of it
    std::unique_ptr<FileReader> reader;
    bool moved = false;      // another file has its name now, or none
    bool queued = false;     // in ready_
    uint64_t in_flight = 0;  // records given out and not acknowledged
    Clock::time_point grown = Clock::now();
  };
  using Shared = std::shared_ptr<Followed>;

  struct Closed {
    FileOffset offset;
    unsigned missed = 0;  // scans that did not find it
  };
  struct Moved {
    FileOffset offset;
    Clock::time_point until;
  };
  using Folder = std::vector<std::pair<std::string, FileStatus>>;

  // follow_names.cc: which file is which
  void load();
  static bool has_its_name(const FileOffset& offset);
  void note_moved(const FileOffset& offset);
  const Folder& look_into(const std::string& folder);
  void scan();
  void find(const NamedFile& file);
  void reopen_closed();
  void open_moved(const std::string& name, const std::string& path);
  void adopt_between(const FileOffset& before);
  bool is_known(const FileIdentity& identity) const;
  Shared open(const std::string& name, const std::string& path, bool by_name);
  void resume(Followed& file, const FileOffset& offset);
  void check(const Shared& file);
  void take_changes(Clock::time_point at);
  void queue(const Shared& file);
  void release_held(Clock::time_point at);
  void close_moved(Clock::time_point at);
  void save();

  FollowOptions options_;
  std::unique_ptr<OffsetFile> offsets_;
  std::unique_ptr<FolderWatch> watch_;
  std::vector<Shared> files_;
  std::unordered_map<std::string, Shared> by_path_;  // those that still have their name
  std::vector<Closed> closed_;  // were followed by an earlier run, or were moved away and became quiet
  std::vector<Moved> moved_;    // a short while ago
  std::unordered_map<std::string, Folder> looked_into_;  // in this scan
  std::unordered_set<std::string> waited_for_, left_out_;
  std::deque<Shared> ready_;  // may have more to read
  size_t burst_ = 0;          // records in a row from the first of ready_
  GivenRecords<Followed> given_;
  SourceCounters counters_;
  Clock::time_point next_look_{}, next_scan_{}, next_save_{};
  bool scan_due_ = false, unsaved_ = false, stopped_ = false;
};

}  // namespace alco
