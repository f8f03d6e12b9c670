#pragma once
// Files and standard input, read once from beginning to end, one after the other.
#include <memory>
#include <string>
#include <vector>

#include "lib/collect/file_reader.h"
#include "lib/collect/given_records.h"
#include "lib/delivery/source.h"

namespace alco {

class ReadSource : public Source {
 public:
  // "-" is standard input. Throws Error(EX_NOINPUT) for an argument that names nothing.
  ReadSource(const std::vector<std::string>& arguments, ReaderOptions options);

  Clock::time_point prepare(std::vector<pollfd>& fds, bool wanted) override;
  void work() override;
  bool next(Record& record) override;
  bool ended() const override { return ended_; }
  void acked(uint64_t count) override;
  std::string origin(uint64_t nth) const override;
  void stop() override;
  void close() override {}
  SourceCounters counters() const override { return counters_; }

 private:
  struct Input {
    std::string path;
    bool by_name;
  };
  bool open_next();

  ReaderOptions options_;
  std::vector<Input> inputs_;
  size_t opened_ = 0;  // of inputs_
  std::shared_ptr<FileReader> reader_;
  GivenRecords<FileReader> given_;
  SourceCounters counters_;
  bool stopped_ = false, ended_ = false;
};

}  // namespace alco
