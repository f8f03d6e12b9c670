// lib/sphinx/journal.h: what an acknowledgement rests on. Every bit of a small journal is flipped and every file of it
// cut at each byte; a larger one is damaged at random; every call to the disk fails, or is the last before the power
// goes. What was committed and not damaged is read, in order; damage is named by file; nothing else is ever read.
//
// JOURNAL_ROUNDS=N makes N rounds of random damage (default 100) and N/100 of the crashes.
#include "lib/sphinx/journal.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>

#include "lib/log.h"
#include "tests/unit/check.h"
#include "tests/unit/faulty_disk.h"
#include "tests/unit/temp_folder.h"

using namespace alco;
using namespace alco::sphinx;

namespace {

namespace fs = std::filesystem;

// One that does not wait for the real one.
class FastDisk : public Disk {
 public:
  void sync(int, const std::string&) override {}
  void sync_folder(const std::string&) override {}
};

Disk& fast_disk() {
  static FastDisk disk;
  return disk;
}

// What the library says on stderr since the last call.
class Talk {
 public:
  Talk() : file_(tmpfile()), stderr_(dup(2)) { dup2(fileno(file_), 2); }
  ~Talk() {
    heard();
    dup2(stderr_, 2);
    close(stderr_);
    fclose(file_);
  }
  std::string heard() {
    log::flush_limited();
    std::string text(static_cast<size_t>(lseek(2, 0, SEEK_END)), '\0');
    text.resize(static_cast<size_t>(std::max<ssize_t>(0, pread(2, text.data(), text.size(), 0))));
    if (text.find("CHECK(") != text.npos) tell(text);
    if (ftruncate(2, 0) != 0 || lseek(2, 0, SEEK_SET) != 0) abort();
    return text;
  }
  void tell(const std::string& text) {
    if (::write(stderr_, text.data(), text.size()) < 0) abort();
  }

 private:
  FILE* file_;
  int stderr_;
};

std::string read_bytes(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
// In place: to make a file anew takes a real disk long.
void write_bytes(const std::string& path, const std::string& bytes) {
  const Fd fd = fast_disk().open(path, O_RDWR | O_CREAT);
  fast_disk().write_at(fd.get(), path, bytes, 0);
  if (fast_disk().size(fd.get(), path) > bytes.size()) fast_disk().truncate(fd.get(), path, bytes.size());
}

std::string values_of(int number, size_t size) {
  std::string text = ",'row " + std::to_string(number) + " ", pattern;
  for (uint32_t state = static_cast<uint32_t>(number); pattern.size() < 300; state = state * 1664525 + 1013904223)
    pattern += static_cast<char>('a' + (state >> 24) % 26);
  while (text.size() < size) text.append(pattern, 0, size - text.size());
  return text + "'";
}

void add(Journal& journal, int number, size_t size = 0) {
  const std::string values = values_of(number, size), fields = ",'f" + std::to_string(number) + "'";
  journal.next_arrival();
  journal.add({{static_cast<uint64_t>(number) + 1, 7}, number * kSecond, values, fields});
}

// The numbers of the rows from `place` on; one whose contents are wrong is -1.
std::vector<int> rows_from(Journal& journal, JournalPlace place) {
  std::vector<int> numbers;
  JournalFrame frame;
  while (journal.read(place, frame))
    for (const JournalRow& row : frame.rows) {
      const int number = static_cast<int>(row.id.high) - 1;
      const bool right =
          row.id.low == 7 && row.time == number * kSecond && row.values == values_of(number, row.values.size() - 1) &&
          row.fields == ",'f" + std::to_string(number) + "'" && frame.indexed == std::vector<std::string>{"host"};
      numbers.push_back(right ? number : -1);
    }
  return numbers;
}

struct Frame {
  int first, end;  // its rows
  std::string file;
  uint64_t from, to;  // its bytes
};

// A journal and what is known of it.
struct Made {
  std::string path;
  std::vector<Frame> frames;
  std::vector<std::string> files;  // names
  int rows = 0;
  JournalPlace sent;  // the begin of frames[sent_frames]
  size_t sent_frames = 0;

  std::vector<int> expected(size_t from = 0) const {
    std::vector<int> numbers;
    for (size_t i = from; i < frames.size(); ++i)
      for (int n = frames[i].first; n < frames[i].end; ++n) numbers.push_back(n);
    return numbers;
  }
};

// Files of some commits each; of some of them the frames are packed.
Made make(const std::string& path, int files, int commits, int rows, size_t row_bytes) {
  Made made{path, {}, {}, 0, {}, 0};
  for (int file = 0; file < files; ++file) {
    Journal journal(fast_disk(), path, {"host"}, {1 << 20, file % 2 ? 0 : uint64_t{1} << 30});
    for (int commit = 0; commit < commits; ++commit) {
      const int first = made.rows;
      const uint64_t from = commit == 0 ? 0 : journal.end().offset;
      for (int i = 0; i < rows; ++i) add(journal, made.rows++, row_bytes);
      journal.commit();
      const std::string name = "000000000" + std::to_string(journal.end().file) + ".j";
      made.frames.push_back({first, made.rows, name, from, journal.end().offset});
      if (file == files / 2 && commit == commits / 2) {
        made.sent = {journal.end().file, from};
        made.sent_frames = made.frames.size() - 1;
        JournalState state = journal.state();
        state.safe = state.sent = made.sent;
        journal.save(state);
      }
    }
    made.files.push_back(made.frames.back().file);
  }
  return made;
}

void is_read_as_written() {
  TempFolder folder;
  const Made made = make(folder.path() + "/a/b/0", 3, 2, 3, 400);
  Journal journal(fast_disk(), made.path, {"host"});
  CHECK(rows_from(journal, {}) == made.expected());
  CHECK(rows_from(journal, journal.state().sent) == made.expected(made.sent_frames));
  CHECK(Journal::exists(fast_disk(), made.path));
  try {
    Journal second(fast_disk(), made.path);
    CHECK(false);
  } catch (const Error& error) {
    CHECK(error.code() == EX_TEMPFAIL);
  }
  journal.trim(made.sent, 100, 1 << 20);
  CHECK(rows_from(journal, {}) == made.expected());
  journal.trim(made.sent, 0, 0);  // not the file that it lies in
  CHECK(rows_from(journal, {}) == made.expected(made.sent_frames / 2 * 2));
}

// Opens a journal whose file `name` is damaged: only rows of `lost` frames are missing, and the file is named if any
// is.
void check_damaged(const Made& made, const std::string& name, const std::vector<bool>& lost, Talk& talk,
                   const std::string& what) {
  std::vector<int> all, unsent;
  for (size_t i = 0; i < made.frames.size(); ++i)
    for (int n = made.frames[i].first; n < made.frames[i].end && !lost[i]; ++n) {
      all.push_back(n);
      if (i >= made.sent_frames) unsent.push_back(n);
    }
  Journal journal(fast_disk(), made.path, {"host"});
  const std::string heard = talk.heard();
  const bool good = rows_from(journal, {}) == all && rows_from(journal, journal.state().sent) == unsent;
  bool unsent_lost = false;
  for (size_t i = made.sent_frames; i < lost.size(); ++i) unsent_lost = unsent_lost || lost[i];
  const bool named = !unsent_lost || heard.find(name) != heard.npos;
  if (!good || !named)
    talk.tell(what + " of " + name + (good ? " is not named: " : " loses or changes rows: ") + heard);
  CHECK(good && named);
}

void loses_only_the_frame_that_is_damaged() {
  TempFolder folder;
  Talk talk;
  const Made made = make(folder.path() + "/0", 3, 2, 2, 0);
  for (const std::string& name : made.files) {
    const std::string path = made.path + "/" + name, bytes = read_bytes(path);
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      std::string changed = bytes;
      changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
      write_bytes(path, changed);
      std::vector<bool> lost;
      for (const Frame& frame : made.frames)
        lost.push_back(frame.file == name && frame.from <= bit / 8 && bit / 8 < frame.to);
      check_damaged(made, name, lost, talk, "bit " + std::to_string(bit));
    }
    for (size_t size = 0; size < bytes.size(); ++size) {
      write_bytes(path, bytes.substr(0, size));
      std::vector<bool> lost;
      for (const Frame& frame : made.frames) lost.push_back(frame.file == name && frame.to > size);
      // a cut between two frames can't be seen in the file: what is known is that it was not sent
      const bool silent = size == 0 || std::any_of(made.frames.begin(), made.frames.end(), [&](const Frame& frame) {
                            return frame.file == name && frame.to == size;
                          });
      if (!silent) check_damaged(made, name, lost, talk, "cut at " + std::to_string(size));
    }
    fs::remove(path);
    std::vector<bool> lost;
    for (const Frame& frame : made.frames) lost.push_back(frame.file == name);
    if (name != made.files.back()) check_damaged(made, name, lost, talk, "absence");
    write_bytes(path, bytes);
  }
}

void makes_a_damaged_state_anew() {
  TempFolder folder;
  Talk talk;
  const Made made = make(folder.path() + "/0", 3, 2, 2, 0);
  const std::string path = made.path + "/state", bytes = read_bytes(path);
  const auto reads_all = [&](const std::string& state) {
    write_bytes(path, state);
    Journal journal(fast_disk(), made.path, {"host"});
    const std::string heard = talk.heard();
    CHECK(journal.state().sent == JournalPlace{} && journal.state().safe == JournalPlace{});
    CHECK(journal.state().writer < 2048);
    CHECK(heard.find(path + ": damaged: all that the journal holds is sent again") != heard.npos);
    CHECK(rows_from(journal, journal.state().sent) == made.expected());
  };
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string changed = bytes;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ 1 << bit % 8);
    reads_all(changed);
  }
  for (size_t size = 0; size < bytes.size(); ++size) reads_all(bytes.substr(0, size));
  reads_all(bytes + "rubbish");
  fs::remove(path);
  CHECK(Journal::exists(fast_disk(), made.path));
  {
    Journal journal(fast_disk(), made.path, {"host"});
    CHECK(rows_from(journal, journal.state().sent) == made.expected());
  }
  // As it was before there was a sum.
  const std::string numbers = bytes.substr(0, bytes.rfind(' '));
  write_bytes(path, numbers + "\n");
  Journal journal(fast_disk(), made.path, {"host"});
  CHECK(journal.state().sent == made.sent);
  CHECK(talk.heard().empty());
}

std::string random_damage(std::string bytes, const std::string& other, std::mt19937_64& chance) {
  const auto below = [&](size_t n) { return n ? static_cast<size_t>(chance() % n) : 0; };
  const auto flip = [&] {
    char& byte = bytes[below(bytes.size())];
    byte = static_cast<char>(byte ^ 1 << below(8));
  };
  const size_t at = below(bytes.size()), sector = at / 512 * 512, second = below(bytes.size()) / 512 * 512;
  switch (below(11)) {
    case 0:
    case 1:
    case 2:
      flip();
      break;
    case 3:
      for (size_t n = 2 + below(40); n > 0; --n) flip();
      break;
    case 4:
      bytes.resize(at);
      break;
    case 5:
      std::fill_n(bytes.begin() + static_cast<ptrdiff_t>(sector), std::min<size_t>(512, bytes.size() - sector), '\0');
      break;
    case 6:
      if (const size_t size = std::min({size_t{512}, bytes.size() - sector, bytes.size() - second}); sector != second)
        std::swap_ranges(bytes.begin() + static_cast<ptrdiff_t>(sector),
                         bytes.begin() + static_cast<ptrdiff_t>(sector + size),
                         bytes.begin() + static_cast<ptrdiff_t>(second));
      break;
    case 7:
      bytes.insert(sector, bytes.substr(sector, 512));
      break;
    case 8:
      bytes.erase(sector, 512);
      break;
    case 9:
      for (size_t n = 1 + below(2000); n > 0; --n) bytes += static_cast<char>(chance());
      break;
    default:
      bytes = other;
  }
  return bytes;
}

// Rows of frames whose bytes are all there, wherever, are read; others are named; writing goes on.
void stands_random_damage(uint64_t rounds) {
  std::mt19937_64 chance(8);
  Talk talk;
  TempFolder folder;
  const Made made = make(folder.path() + "/good", 4, 4, 6, 250);
  std::vector<std::string> names = made.files;
  names.push_back("state");
  names.push_back("lock");
  const std::vector<int> all = made.expected();
  for (uint64_t round = 0; round < rounds; ++round) {
    Made copy = made;
    copy.path = folder.path() + "/0";
    fs::remove_all(copy.path);
    fs::copy(made.path, copy.path);
    const std::string name = names[chance() % names.size()], other = made.files[chance() % made.files.size()];
    const std::string before = read_bytes(made.path + "/" + name);
    const std::string after = random_damage(before, read_bytes(made.path + "/" + other), chance);
    write_bytes(copy.path + "/" + name, after);
    std::vector<int> wanted;
    for (size_t i = made.sent_frames; i < made.frames.size(); ++i) {
      const Frame& frame = made.frames[i];
      const bool whole =
          frame.file != name || after.find(before.substr(frame.from, frame.to - frame.from)) != after.npos;
      for (int n = frame.first; n < frame.end && whole; ++n) wanted.push_back(n);
    }
    std::string heard;
    {
      Journal journal(fast_disk(), copy.path, {"host"});
      heard = talk.heard();
      std::vector<int> rows = rows_from(journal, journal.state().sent);
      std::sort(rows.begin(), rows.end());
      const std::vector<int> unsent = made.expected(made.sent_frames);
      const bool right = std::includes(all.begin(), all.end(), rows.begin(), std::unique(rows.begin(), rows.end()));
      const bool there = std::includes(rows.begin(), rows.end(), wanted.begin(), wanted.end());
      // A cut between two frames leaves no trace.
      const bool seen = std::includes(rows.begin(), rows.end(), unsent.begin(), unsent.end()) ||
                        heard.find(copy.path + "/") != heard.npos ||
                        (before.starts_with(after) && rows.size() == wanted.size());
      if (!right || !there || !seen)
        talk.tell("round " + std::to_string(round) + ", " + name + ": right " + std::to_string(right) + ", there " +
                  std::to_string(there) + ", seen " + std::to_string(seen) + ": " + heard);
      CHECK(right && there && seen);
      add(journal, 100'000);
      journal.commit();
    }
    Journal journal(fast_disk(), copy.path, {"host"});
    const std::vector<int> rows = rows_from(journal, journal.state().sent);
    CHECK(std::count(rows.begin(), rows.end(), 100'000) == 1 && rows.back() == 100'000);
    talk.heard();
  }
}

// A file that is damaged or removed while the journal is open.
void stands_damage_under_its_hands() {
  TempFolder folder;
  Talk talk;
  const Made made = make(folder.path() + "/0", 3, 2, 2, 0);
  Journal journal(fast_disk(), made.path, {"host"});
  const Frame& frame = made.frames[3];
  std::string bytes = read_bytes(made.path + "/" + frame.file);
  bytes[frame.from + 40] ^= 1;
  write_bytes(made.path + "/" + frame.file, bytes);
  std::vector<int> wanted = made.expected();
  std::erase_if(wanted, [&](int n) { return n >= frame.first && n < frame.end; });
  CHECK(rows_from(journal, {}) == wanted);
  CHECK(talk.heard().find(frame.file + ": damaged from byte " + std::to_string(frame.from) + " to " +
                          std::to_string(frame.to)) != std::string::npos);
  CHECK(rows_from(journal, {}) == wanted);
  CHECK(talk.heard().empty());
  fs::remove(made.path + "/" + frame.file);
  std::erase_if(wanted, [&](int n) { return n >= made.frames[2].first && n < made.frames[2].end; });
  CHECK(rows_from(journal, {}) == wanted);
  CHECK(talk.heard().find(frame.file + ": missing") != std::string::npos);
}

// Rows, several frames a commit, three files, and removal of what is safe. False when the fault struck.
bool work(Disk& disk, const std::string& path, int& added, int& committed, int& trimmed) try {
  for (int run = 0; run < 2; ++run) {
    Journal journal(disk, path, {"host"}, {40'000, run == 0 ? uint64_t{1} << 30 : 0});
    for (int commit = 0; commit < 5; ++commit) {
      for (int i = 0; i < 3; ++i) add(journal, added++, 100'000);
      for (int tries = 0;; ++tries) try {
          journal.commit();
          break;
        } catch (const Error& error) {
          if (error.code() != EX_TEMPFAIL || tries > 0) throw;  // the disk has room again
        }
      committed = added;
    }
    JournalState state = journal.state();
    trimmed = committed - 3;
    state.safe = state.sent = {journal.end().file, 0};
    journal.save(state);
    journal.trim(state.safe, 0, 0);
  }
  return true;
} catch (const PowerLoss&) {
  return false;
} catch (const Error&) {
  return false;
}

bool survives(FaultyDisk::Fault fault, uint64_t at_call, uint64_t seed, Talk& talk) {
  TempFolder folder;
  const std::string path = folder.path() + "/host/app/0";
  FaultyDisk disk(fault, at_call, seed);
  int added = 0, committed = 0, trimmed = 0;
  work(disk, path, added, committed, trimmed);
  if (disk.calls() < at_call) return false;
  if (fault == FaultyDisk::Fault::power_loss) disk.lose_power();
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::recursive_directory_iterator(folder.path()))
    if (entry.path().extension() == ".gone" || entry.path().extension() == ".safe") leftovers.push_back(entry.path());
  for (const fs::path& leftover : leftovers) fs::remove_all(leftover);
  for (int again = 0; again < 2; ++again) {
    Journal journal(fast_disk(), path, {"host"});
    const std::vector<int> rows = rows_from(journal, {});
    bool good = std::is_sorted(rows.begin(), rows.end()) &&
                std::adjacent_find(rows.begin(), rows.end()) == rows.end() && (rows.empty() || rows.front() >= 0);
    for (int n = trimmed; n < committed; ++n) good = good && std::binary_search(rows.begin(), rows.end(), n);
    good = good && (again == 0 || rows.back() == 1000);
    good = good && talk.heard().find("/state: damaged") == std::string::npos;
    if (!good)
      fprintf(stdout, "fault %d at call %ju, seed %ju: %zu rows of %d to %d\n", static_cast<int>(fault),
              static_cast<uintmax_t>(at_call), static_cast<uintmax_t>(seed), rows.size(), trimmed, committed);
    CHECK(good);
    add(journal, 1000 + again);
    journal.commit();
  }
  return true;
}

void survives_a_fault_of_each_call(uint64_t rounds) {
  Talk talk;
  uint64_t points = 0;
  for (uint64_t seed = 0; seed < rounds; ++seed)
    for (const auto fault : {FaultyDisk::Fault::power_loss, FaultyDisk::Fault::error, FaultyDisk::Fault::no_space})
      for (uint64_t at = 1; survives(fault, at, seed * 1000 + at, talk); ++at) ++points;
  printf("journal_test: %ju crash points\n", static_cast<uintmax_t>(points));
  CHECK(points > 100);
}

}  // namespace

int main() {
  const char* text = getenv("JOURNAL_ROUNDS");
  const uint64_t rounds = text ? strtoull(text, nullptr, 10) : 100;
  is_read_as_written();
  loses_only_the_frame_that_is_damaged();
  makes_a_damaged_state_anew();
  stands_random_damage(rounds);
  stands_damage_under_its_hands();
  survives_a_fault_of_each_call(std::max<uint64_t>(1, rounds / 100));
  return failures();
}
