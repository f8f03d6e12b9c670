#include "lib/sphinx/journal.h"

#include <fcntl.h>
#include <sys/random.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <set>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/sphinx/journal_frame.h"
#include "lib/sphinx/row.h"
#include "lib/store/bytes.h"
#include "lib/store/compress.h"

namespace alco::sphinx {
namespace {

constexpr size_t kFrameBytes = size_t{256} << 10;
constexpr std::string_view kSuffix = ".j";
constexpr char kSumMark = 'x';  // of a state: no bit makes a space of a digit and the sum a number

// "0000000017.j"
std::optional<uint64_t> file_number(const std::string& name) {
  uint64_t number = 0;
  const char* const end = name.data() + name.size() - std::min(name.size(), kSuffix.size());
  const auto [stop, problem] = std::from_chars(name.data(), end, number);
  if (!name.ends_with(kSuffix) || problem != std::errc() || stop != end || number == 0) return std::nullopt;
  return number;
}

uint64_t random_writer() {
  uint64_t number = 0;
  if (getrandom(&number, sizeof number, 0) != sizeof number) throw system_error("random numbers", "getrandom", errno);
  return number >> (64 - kWriterBits);
}

// False if they are not what their sum says: no writer wrote this.
bool read_rows(const FrameHeader& header, JournalFrame& frame) try {
  frame.indexed.clear();
  frame.rows.clear();
  const std::string_view payload = std::string_view(frame.bytes).substr(kFrameHeader);
  store::ByteReader in(payload);
  store::ByteReader rows(header.form == FrameForm::plain ? payload : store::get_packed(in, frame.unpacked));
  for (size_t left = rows.count(payload.size()); left > 0; --left) frame.indexed.emplace_back(rows.string());
  for (uint32_t i = 0; i < header.rows; ++i) {
    JournalRow row;
    row.id.high = rows.fixed64();
    row.id.low = rows.fixed64();
    row.time = static_cast<Nanoseconds>(rows.fixed64());
    row.values = rows.string();
    row.fields = rows.string();
    frame.rows.push_back(row);
  }
  return true;
} catch (const store::Corrupt&) {
  return false;
}

}  // namespace

Journal::Journal(Disk& disk, std::string path, std::vector<std::string> indexed, JournalSizes sizes)
    : disk_(disk), path_(std::move(path)), sizes_(sizes) {
  empty_frame_.assign(kFrameHeader, '\0');
  store::put_varint(empty_frame_, indexed.size());
  for (const std::string& name : indexed) store::put_string(empty_frame_, name);
  pending_ = empty_frame_;
  disk_.make_folder(path_);
  lock_ = disk_.open(path_ + "/lock", O_RDWR | O_CREAT);
  if (!disk_.lock(lock_.get(), path_ + "/lock", false))
    throw Error(EX_TEMPFAIL, path_ + ": another process writes this journal");
  load_state();
  std::vector<uint64_t> numbers;
  for (const std::string& name : disk_.list(path_))
    if (const auto number = file_number(name)) numbers.push_back(*number);
  std::sort(numbers.begin(), numbers.end());
  for (const uint64_t number : numbers) scan(number);
  if (state_.sent.file > end_.file)
    name_missing_files(files_.empty() ? state_.sent.file - 1 : end_.file, state_.sent.file + 1);
  if (end_ < state_.sent) end_ = state_.sent;
}

bool Journal::exists(Disk& disk, const std::string& path) {
  const std::vector<std::string> names = disk.list(path);
  return std::any_of(names.begin(), names.end(),
                     [](const std::string& name) { return name == "state" || file_number(name); });
}

std::string Journal::file_path(uint64_t number) const {
  std::string digits = std::to_string(number);
  return path_ + "/" + std::string(10 - std::min<size_t>(10, digits.size()), '0') + digits + std::string(kSuffix);
}

void Journal::load_state() {
  const std::string path = path_ + "/state";
  if (disk_.open_if_exists(path, O_RDONLY)) {
    const std::string text = disk_.read_file(path);
    if (parse_state(text)) return;
    log::warning("%s: damaged: all that the journal holds is sent again", path.c_str());
  }
  state_ = {};
  state_.writer = random_writer();
  save(state_);
}

// Nine numbers and the sum of their text; of a journal that an ALCO without sums wrote, the numbers.
bool Journal::parse_state(std::string_view text) {
  uint64_t* const fields[] = {&state_.writer,       &state_.last_moment,        &state_.safe.file,
                              &state_.safe.offset,  &state_.sent.file,          &state_.sent.offset,
                              &state_.server_start, &state_.server_connections, &state_.server_mark};
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto number = [&](uint64_t& value) {
    const auto [stop, problem] = std::from_chars(at, end, value);
    if (problem != std::errc() || stop == end || (*stop != ' ' && *stop != '\n')) return false;
    at = stop + 1;
    return true;
  };
  for (uint64_t* const field : fields)
    if (!number(*field)) return false;
  const std::string_view numbers = text.substr(0, static_cast<size_t>(at - text.data()));
  uint64_t sum = 0;
  const bool whole =
      at == end ? numbers.back() == '\n'
                : *at++ == kSumMark && number(sum) && at == end && sum == XXH3_64bits(numbers.data(), numbers.size());
  if (!whole) return false;
  last_moment_ = state_.last_moment;
  return true;
}

JournalState Journal::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void Journal::save(const JournalState& state) {
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    state_ = state;
    state_.last_moment = last_moment_;
    for (const uint64_t field :
         {state_.writer, state_.last_moment, state_.safe.file, state_.safe.offset, state_.sent.file, state_.sent.offset,
          state_.server_start, state_.server_connections, state_.server_mark})
      text += std::to_string(field) + " ";
  }
  text += kSumMark + std::to_string(XXH3_64bits(text.data(), text.size())) + "\n";
  disk_.replace_file(path_ + "/state", text);
}

void Journal::name_missing_files(uint64_t before, uint64_t next) const {
  const std::string last = next - before > 2 ? " up to " + file_path(next - 1) : "";
  log::warning("%s%s: missing, with the events that were in it", file_path(before + 1).c_str(), last.c_str());
}

void Journal::name_hole(uint64_t number, uint64_t begin, uint64_t end) const {
  log::warning("%s: damaged from byte %ju to %ju: the events that are there can't be sent%s", file_path(number).c_str(),
               static_cast<uintmax_t>(begin), static_cast<uintmax_t>(end),
               JournalPlace{number, end} <= state_.sent ? " again" : "");
}

// The frames of a file, and what is between them. Nothing is removed: the next frame comes into a new file.
void Journal::scan(uint64_t number) {
  const uint64_t before = files_.empty() ? state_.safe.file : end_.file;
  if (before > 0 && number > before + 1) name_missing_files(before, number);
  const std::string path = file_path(number), bytes = disk_.read_file(path);
  File file;
  FrameHeader header;
  bool in_order = true;
  std::set<uint64_t> places{0};  // where frames begin and end
  for (;;) {
    const uint64_t begin = find_frame(bytes, file.bytes, header);
    if (begin == bytes.size()) break;
    if (begin > file.bytes) {
      file.holes[file.bytes] = begin;
      if (state_.safe < JournalPlace{number, begin}) name_hole(number, file.bytes, begin);
      places.insert(begin);
    }
    file.bytes = begin + kFrameHeader + header.size;
    file.rows += header.rows;
    places.insert(file.bytes);
    in_order = in_order && header.last_moment > newest_frame_;
    newest_frame_ = std::max(newest_frame_, header.last_moment);
  }
  if (file.bytes < bytes.size() && state_.safe < JournalPlace{number, bytes.size()})
    log::warning("%s: behind byte %ju is no whole commit: it was never acknowledged if a crash cut it short",
                 path.c_str(), static_cast<uintmax_t>(file.bytes));
  if (!in_order)
    log::warning("%s: older than what is before it: one of both is a copy, and events are missing", path.c_str());
  for (JournalPlace* place : {&state_.safe, &state_.sent}) {
    if (place->file != number || places.contains(place->offset)) continue;
    log::warning("%s: no commit ends at byte %ju any more: all that is left in it is sent again", path.c_str(),
                 static_cast<uintmax_t>(place->offset));
    place->offset = 0;
  }
  state_.safe = std::min(state_.safe, state_.sent);
  last_moment_ = std::max(last_moment_, newest_frame_);
  end_ = {number, file.bytes};
  files_[number] = std::move(file);
}

int64_t Journal::next_arrival() {
  const std::lock_guard lock(mutex_);
  last_moment_ = std::max(last_moment_ + 1, static_cast<uint64_t>(now() / 1000));
  return static_cast<int64_t>(last_moment_ << kWriterBits | state_.writer);
}

void Journal::add(const JournalRow& row) {
  store::put_fixed64(pending_, row.id.high);
  store::put_fixed64(pending_, row.id.low);
  store::put_fixed64(pending_, static_cast<uint64_t>(row.time));
  store::put_string(pending_, row.values);
  store::put_string(pending_, row.fields);
  ++frame_rows_;
  ++pending_rows_;
  if (pending_.size() < kFrameBytes || full_) return;
  try {
    write_frame();
  } catch (const Error& error) {
    if (error.code() != EX_TEMPFAIL) throw;
    full_ = true;  // commit() tries again
  }
}

// Behind what is committed and what was written for the next commit.
void Journal::write_frame() {
  if (frame_rows_ == 0) return;
  if (written_ == 0 && (!file_ || end().offset >= sizes_.file)) {
    const JournalPlace place{end().file + 1, 0};
    file_ = disk_.open(file_path(place.file), O_WRONLY | O_CREAT | O_TRUNC);
    disk_.sync_folder(path_);
    const std::lock_guard lock(mutex_);
    files_[place.file] = {};
    end_ = place;
  }
  FrameHeader header{0, static_cast<uint32_t>(frame_rows_), FrameForm::plain, last_moment_};
  if (bytes_from(state().sent) >= sizes_.pack_from) {
    header.form = FrameForm::packed;
    packed_.assign(kFrameHeader, '\0');
    store::put_packed(packed_, std::string_view(pending_).substr(kFrameHeader), store::Effort::fast);
  }
  std::string& frame = header.form == FrameForm::plain ? pending_ : packed_;
  put_frame_header(frame, header);
  const JournalPlace place = end();
  const std::string path = file_path(place.file);
  try {
    disk_.write_at(file_.get(), path, frame, place.offset + written_);
  } catch (const Error& error) {
    if (error.errnum() != ENOSPC && error.errnum() != EDQUOT) throw;
    disk_.truncate(file_.get(), path, place.offset + written_);
    throw Error(EX_TEMPFAIL, error.what());
  }
  written_ += frame.size();
  pending_ = empty_frame_;
  frame_rows_ = 0;
}

void Journal::commit() {
  if (pending_rows_ == 0) return;
  write_frame();
  disk_.sync(file_.get(), file_path(end().file));
  const std::lock_guard lock(mutex_);
  end_.offset += written_;
  files_[end_.file].bytes += written_;
  files_[end_.file].rows += pending_rows_;
  written_ = pending_rows_ = 0;
  full_ = false;
}

JournalPlace Journal::begin() const {
  const std::lock_guard lock(mutex_);
  return files_.empty() ? end_ : JournalPlace{files_.begin()->first, 0};
}

JournalPlace Journal::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

uint64_t Journal::bytes() const { return bytes_from({}); }

uint64_t Journal::bytes_from(JournalPlace place) const {
  const std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (auto it = files_.lower_bound(place.file); it != files_.end(); ++it)
    sum += it->second.bytes - (it->first == place.file ? std::min(place.offset, it->second.bytes) : 0);
  return sum;
}

uint64_t Journal::rows_from(JournalPlace place) const {
  const std::lock_guard lock(mutex_);
  uint64_t sum = 0;
  for (auto it = files_.lower_bound(place.file); it != files_.end(); ++it)
    if (it->first != place.file || place.offset < it->second.bytes) sum += it->second.rows;
  return sum;
}

// Moves `place` to the next byte that may begin a frame, behind the damage that is known. False at the end.
bool Journal::next_in_file(JournalPlace& place, uint64_t& size) const {
  const std::lock_guard lock(mutex_);
  for (auto it = files_.lower_bound(place.file); it != files_.end(); ++it) {
    if (it->first != place.file) place = {it->first, 0};
    const File& file = it->second;
    if (const auto hole = file.holes.find(place.offset); hole != file.holes.end()) place.offset = hole->second;
    size = file.bytes;
    if (place.offset < size) return true;
  }
  return false;
}

// At `place` was a frame when the journal was opened, or was written since.
void Journal::find_behind_damage(JournalPlace& place, uint64_t size) {
  const std::string path = file_path(place.file);
  std::string bytes = disk_.read_file(path);
  bytes.resize(std::min<uint64_t>(bytes.size(), size));
  FrameHeader header;
  uint64_t end = find_frame(bytes, std::min<uint64_t>(place.offset + 1, bytes.size()), header);
  if (end == bytes.size()) end = size;
  const std::lock_guard lock(mutex_);
  if (const auto it = files_.find(place.file); it != files_.end()) it->second.holes[place.offset] = end;
  name_hole(place.file, place.offset, end);
  place.offset = end;
}

bool Journal::read(JournalPlace& place, JournalFrame& frame) {
  uint64_t size = 0;
  FrameHeader header;
  while (next_in_file(place, size)) {
    const std::string path = file_path(place.file);
    const Fd fd = disk_.open_if_exists(path, O_RDONLY);
    if (!fd) {  // trimmed meanwhile, or removed by somebody else
      const std::lock_guard lock(mutex_);
      if (files_.contains(place.file)) name_missing_files(place.file - 1, place.file + 1);
      place = {place.file + 1, 0};
      continue;
    }
    frame.bytes.resize(kFrameHeader);
    frame.bytes.resize(disk_.read_at(fd.get(), path, frame.bytes.data(), kFrameHeader, place.offset));
    if (get_frame_header(frame.bytes, header) && header.size <= size - place.offset) {
      frame.bytes.resize(kFrameHeader + header.size);
      frame.bytes.resize(kFrameHeader + disk_.read_at(fd.get(), path, frame.bytes.data() + kFrameHeader, header.size,
                                                      place.offset + kFrameHeader));
    }
    if (get_frame(frame.bytes, header) && read_rows(header, frame)) {
      place.offset += kFrameHeader + header.size;
      return true;
    }
    find_behind_damage(place, size);
  }
  return false;
}

void Journal::trim(JournalPlace place, uint64_t keep_rows, uint64_t keep_bytes) {
  for (;;) {
    std::string path;
    {
      const std::lock_guard lock(mutex_);
      if (files_.empty()) return;
      const auto& [number, file] = *files_.begin();
      if (number == end_.file || JournalPlace{number, file.bytes} > place) return;
      uint64_t rows = 0, bytes = 0;
      for (auto it = std::next(files_.begin()); it != files_.end(); ++it)
        rows += it->second.rows, bytes += it->second.bytes;
      if (rows < keep_rows && bytes < keep_bytes) return;
      path = file_path(number);
      files_.erase(files_.begin());
    }
    disk_.unlink(path);
  }
}

}  // namespace alco::sphinx
