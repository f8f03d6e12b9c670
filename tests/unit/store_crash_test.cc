// Every call to the disk of writers, of merging and of the removal of a day fails, or is the last before the power
// goes: what was committed is there afterwards (of a day that was to be removed all or nothing), nothing is there
// twice, and the next writer goes on by itself.
//
// STORE_CRASH_ROUNDS=N repeats the whole with N random seeds (default 1).
#include <algorithm>
#include <filesystem>

#include "lib/event_parser.h"
#include "lib/store/dir_store.h"
#include "lib/store/dir_writer.h"
#include "lib/store/maintenance.h"
#include "lib/store/merge.h"
#include "tests/unit/check.h"
#include "tests/unit/faulty_disk.h"
#include "tests/unit/temp_folder.h"

using namespace alco;

namespace {

const IndexName kIndex = IndexName::require("t");
constexpr int kBatches = 6;
constexpr int kPerBatch = 4;
constexpr Nanoseconds kStart = 1'795'000'000 * kSecond;

std::string line_of(int number) {
  // Two days, so that commits touch two folders.
  return "{\"@timestamp\":\"" + to_rfc3339(kStart + number % 2 * kDay + number * kSecond) + "\",\"message\":\"line " +
         std::to_string(number) + "\"}";
}

void add(Writer& writer, int number) {
  EventParser parser;
  writer.add(parser.parse(line_of(number), 0), MessageId{static_cast<uint64_t>(number) + 1, 42});
}

std::vector<std::string> stored(const std::string& root) {
  std::vector<std::string> lines;
  store::DirStore store(real_disk(), root);
  if (!store::IndexFolder(real_disk(), store.index_path(kIndex)).exists()) return lines;
  ScanRequest request;
  request.json = true;
  const auto scan = store.reader(kIndex)->scan(request);
  Hit hit;
  while (scan->next(hit)) lines.emplace_back(hit.json);
  CHECK(scan->stats().incomplete.empty());
  return lines;
}

struct Progress {
  int committed = 0;      // lines that commit() has promised
  bool dropping = false;  // the day of the even ones
};

// Writes, merges, removes a day. False when the fault struck.
bool work(Disk& disk, const std::string& root, Progress& progress) {
  try {
    store::DirWriter writer(disk, root + "/t");
    for (int batch = 0; batch < kBatches; ++batch) {
      for (int i = 0; i < kPerBatch; ++i) add(writer, batch * kPerBatch + i);
      writer.commit();
      progress.committed = (batch + 1) * kPerBatch;
    }
    const store::IndexFolder folder(disk, root + "/t");
    for (const std::string& day : folder.days()) {
      store::merge_day(folder, day);
      for (const std::string& file :
           std::filesystem::exists(folder.day_path(day)) ? disk.list(folder.day_path(day)) : std::vector<std::string>())
        if (file.ends_with(".seg"))  // as if the grace had passed
          std::filesystem::last_write_time(folder.day_path(day) + "/" + file,
                                           std::filesystem::file_time_type::clock::now() - std::chrono::seconds(10));
      folder.clean(day);
    }
    progress.dropping = true;
    store::drop_day(disk, root, kIndex, folder.days().front());
    return true;
  } catch (const PowerLoss&) {
    return false;
  } catch (const Error&) {
    return false;
  }
}

// After a power loss the machine has another boot number than the one noted beside the ids.
void reboot(const std::string& root) {
  const std::string path = root + "/t/ids";
  const Fd fd = real_disk().open_if_exists(path, O_RDWR);
  if (fd && real_disk().size(fd.get(), path) >= 24) real_disk().write_at(fd.get(), path, "rebooted", 16);
}

void remove_leftovers(const std::string& root) {
  std::vector<std::string> leftovers;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) leftovers.push_back(entry.path());
  for (const std::string& path : leftovers)
    if (path.ends_with(".gone") || path.ends_with(".safe")) std::filesystem::remove_all(path);
}

// One run with the fault at one call; false when the run is shorter than that.
bool survives(FaultyDisk::Fault fault, uint64_t at_call, uint64_t seed) {
  TempFolder folder;
  FaultyDisk disk(fault, at_call, seed);
  Progress progress;
  if (work(disk, folder.path(), progress)) return false;
  if (fault == FaultyDisk::Fault::power_loss) disk.lose_power();
  remove_leftovers(folder.path());
  if (fault == FaultyDisk::Fault::power_loss) reboot(folder.path());

  std::vector<std::string> lines = stored(folder.path());
  std::sort(lines.begin(), lines.end());
  const bool once = std::adjacent_find(lines.begin(), lines.end()) == lines.end();
  bool all = true;
  int of_dropped = 0;
  for (int i = 0; i < progress.committed; ++i) {
    const bool there = std::binary_search(lines.begin(), lines.end(), line_of(i));
    if (progress.dropping && i % 2 == 0)
      of_dropped += there;
    else
      all = all && there;
  }
  all = all && (of_dropped == 0 || of_dropped == kBatches * kPerBatch / 2);
  if (progress.dropping) store::finish_drops(real_disk(), folder.path(), kIndex);
  // All messages come again, as from a broker: afterwards each is there exactly once.
  {
    store::DirWriter writer(real_disk(), folder.path() + "/t");
    for (int i = 0; i < kBatches * kPerBatch; ++i) add(writer, i);
    writer.commit();
  }
  const size_t after = stored(folder.path()).size();
  for (const std::string& name : real_disk().list(folder.path() + "/t")) CHECK(!name.starts_with("dropped"));
  if (!once || !all || after != kBatches * kPerBatch) {
    fprintf(stderr, "fault %d at call %ju, seed %ju: once %d, all %d, %zu of %d after coming again\n",
            static_cast<int>(fault), static_cast<uintmax_t>(at_call), static_cast<uintmax_t>(seed), once, all, after,
            kBatches * kPerBatch);
    CHECK(false);
  }
  return true;
}

// A writer whose disk fails at one call, such as the sync of the folder in which it has made one, then another, and the
// power goes: what the second has committed is there. False when the first does less than that.
bool next_writer_is_safe(uint64_t at_call, uint64_t seed) {
  TempFolder folder;
  FaultyDisk disk(FaultyDisk::Fault::error, at_call, seed);
  const std::string root = folder.path() + "/made/store";
  const auto write = [&](int number) {
    store::DirWriter writer(disk, root + "/t");
    add(writer, number);
    writer.commit();
  };
  bool failed = false;
  try {
    write(0);
  } catch (const Error&) {
    failed = true;
  }
  if (!failed) return false;
  write(2);
  disk.lose_power();
  remove_leftovers(folder.path());
  const std::vector<std::string> lines = std::filesystem::exists(root) ? stored(root) : std::vector<std::string>();
  const bool there = std::find(lines.begin(), lines.end(), line_of(2)) != lines.end();
  if (!there)
    fprintf(stderr, "error at call %ju, seed %ju: what the next writer has committed is lost\n",
            static_cast<uintmax_t>(at_call), static_cast<uintmax_t>(seed));
  CHECK(there);
  return true;
}

}  // namespace

int main() {
  const char* rounds = getenv("STORE_CRASH_ROUNDS");
  uint64_t points = 0;
  for (uint64_t seed = 0; seed < (rounds ? strtoull(rounds, nullptr, 10) : 1); ++seed)
    for (const auto fault : {FaultyDisk::Fault::power_loss, FaultyDisk::Fault::error, FaultyDisk::Fault::no_space})
      for (uint64_t at = 1; survives(fault, at, seed * 1000 + at); ++at) ++points;
  for (uint64_t seed = 0; seed < 8; ++seed)
    for (uint64_t at = 1; next_writer_is_safe(at, seed); ++at) ++points;
  printf("store_crash_test: %ju crash points\n", static_cast<uintmax_t>(points));
  return failures() != 0 || points < 100;
}
