#pragma once
// Writes events into an index of a directory store: a commit is one new segment for each day that it touches.
#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "lib/store/block_builder.h"
#include "lib/store/block_rows.h"
#include "lib/store/index_folder.h"
#include "lib/store/message_id_set.h"
#include "lib/store/store.h"

namespace alco::store {

class DirWriter : public Writer {
 public:
  DirWriter(Disk& disk, std::string path);
  ~DirWriter() override;

  void add(const Event& event, const std::optional<MessageId>& id) override;
  uint64_t pending_events() const override { return pending_; }
  uint64_t pending_bytes() const override;
  CommitResult commit() override;
  void idle() override;

 private:
  struct Day {
    TemplateCollector templates;
    std::vector<std::unique_ptr<BlockBuilder>> blocks;  // all but the last are sealed
  };
  struct Written {  // a segment that waits for its name
    std::string day, path;
    uint64_t last;  // relative id
  };

  void learn_block_rows();
  void check_free_space() const;
  Written write_day(int64_t day_number, Day& day);
  void learn_commits_of_others();
  void learn_block(const std::shared_ptr<Segment>& segment, size_t index);
  void learn_segment(const std::string& path, uint64_t first_id);
  bool drop_stored_by_others();
  void start_merge();

  IndexFolder folder_;
  BlockRows block_rows_;
  std::string temporary_;  // name of the file that is being written, in the folder of its day
  std::map<int64_t, Day> days_;
  uint64_t pending_ = 0;
  uint64_t added_ = 0;  // events added since the last commit: the next relative id
  uint64_t repeated_ = 0;
  MessageIdSet recent_;
  std::vector<MessageId> pending_ids_;
  bool tracks_ids_ = false;
  uint64_t known_next_id_ = 0;  // commits with ids from here on are not in recent_ yet
  uint64_t commits_ = 0;
  std::atomic<bool> merging_{false};
  std::thread merger_;
};

}  // namespace alco::store
