#pragma once
// Whether an index is being collected, and what it lacks: for readers to be told. Two files in the folder where
// alco-consume keeps its state:
//
//   INDEX.alive   its time of change says when a collector was last at work
//   INDEX.gaps    {"kind":"down"|"rotated","since":"…","until":"…"}, one a line, appended and synced
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "lib/disk.h"
#include "lib/index_name.h"
#include "lib/timestamp.h"

namespace alco {

// The folder of a store ("dir:PATH" or "sphinx://…", whose files are below `sphinx_dir`).
std::string collecting_folder(const std::string& store_url, const std::string& sphinx_dir);

struct Gap {
  enum class Kind : unsigned char {
    down,     // nothing collected
    rotated,  // removed by retention
  };
  Kind kind = Kind::down;
  Nanoseconds since = 0, until = 0;
};

// Throws Error.
void append_gap(Disk& disk, const std::string& folder, const IndexName& index, const Gap& gap);

// A day (20261122) that is removed. What goes wrong is logged: readers are told less then.
void note_rotated(const std::string& folder, const std::string& index, const std::string& day);

// By time, those that touch joined; what can't be read is left out.
std::vector<Gap> read_gaps(Disk& disk, const std::string& folder, const IndexName& index);

// When a collector was last at work; nullopt if none ever was.
std::optional<Nanoseconds> last_collected(const std::string& folder, const IndexName& index);

// A collector is taken for gone when it has given no sign for so long.
inline constexpr Nanoseconds kCollectorGone = 30 * kSecond;

// The sign that a collector gives. Notes a gap when all signs stopped for too long before it.
class CollectingSign {
 public:
  CollectingSign(std::string folder, IndexName index) : folder_(std::move(folder)), index_(std::move(index)) {}

  // Now and then; does something every five seconds. What goes wrong is logged: it is no reason to stop collecting.
  void give();

 private:
  std::string folder_;
  IndexName index_;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace alco
