#include "lib/sphinx/journal.h"

#include <fcntl.h>
#include <sys/random.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/sphinx/row.h"
#include "lib/store/bytes.h"
#include "lib/store/compress.h"

namespace alco::sphinx {
namespace {

constexpr std::string_view kMagic = "ALCJ";
constexpr size_t kHeader = 32;
constexpr size_t kFrameBytes = size_t{256} << 10;
constexpr std::string_view kSuffix = ".j";

enum Form : uint32_t { kPacked, kPlain };  // of what follows a header

struct Header {
  uint32_t size = 0, rows = 0, form = kPacked;
  uint64_t last_moment = 0, sum = 0;
};

uint64_t checksum(std::string_view head, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), XXH3_64bits(head.data(), head.size()));
}

// False if the bytes are no header; the sum is not looked at.
bool get_header(std::string_view bytes, Header& header) {
  if (bytes.size() < kHeader || !bytes.starts_with(kMagic)) return false;
  store::ByteReader in(bytes.substr(kMagic.size()));
  header.size = in.fixed32();
  header.rows = in.fixed32();
  header.form = in.fixed32();
  header.last_moment = in.fixed64();
  header.sum = in.fixed64();
  return true;
}

// Fills the first kHeader bytes of a frame, and in the sum.
void put_header(std::string& frame, const Header& header) {
  std::string head(kMagic);
  store::put_fixed32(head, static_cast<uint32_t>(frame.size() - kHeader));
  store::put_fixed32(head, header.rows);
  store::put_fixed32(head, header.form);
  store::put_fixed64(head, header.last_moment);
  store::put_fixed64(head, checksum(head, std::string_view(frame).substr(kHeader)));
  frame.replace(0, kHeader, head);
}

// The frame at `offset` of `bytes`, whole and undamaged; or false.
bool get_frame(std::string_view bytes, Header& header, std::string_view& payload) {
  if (!get_header(bytes, header) || bytes.size() - kHeader < header.size) return false;
  payload = bytes.substr(kHeader, header.size);
  return checksum(bytes.substr(0, kHeader - 8), payload) == header.sum;
}

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

}  // namespace

Journal::Journal(Disk& disk, std::string path, std::vector<std::string> indexed, JournalSizes sizes)
    : disk_(disk), path_(std::move(path)), sizes_(sizes) {
  empty_frame_.assign(kHeader, '\0');
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
  for (const uint64_t number : numbers) scan(number, number == numbers.back());
  if (end_ < state_.sent) end_ = state_.sent;  // all files are gone
}

bool Journal::exists(Disk& disk, const std::string& path) {
  return static_cast<bool>(disk.open_if_exists(path + "/state", O_RDONLY));
}

std::string Journal::file_path(uint64_t number) const {
  std::string digits = std::to_string(number);
  return path_ + "/" + std::string(10 - std::min<size_t>(10, digits.size()), '0') + digits + std::string(kSuffix);
}

void Journal::load_state() {
  if (!exists(disk_, path_)) {
    state_.writer = random_writer();
    save(state_);
    return;
  }
  const std::string text = disk_.read_file(path_ + "/state");
  uint64_t* const fields[] = {&state_.writer,       &state_.last_moment,        &state_.safe.file,
                              &state_.safe.offset,  &state_.sent.file,          &state_.sent.offset,
                              &state_.server_start, &state_.server_connections, &state_.server_mark};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (uint64_t* const field : fields) {
    const auto [stop, problem] = std::from_chars(at, end, *field);
    if (problem != std::errc() || stop == end)
      throw Error(EX_DATAERR, path_ + "/state: damaged; remove it: all is sent again");
    at = stop + 1;
  }
  last_moment_ = state_.last_moment;
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
  text.back() = '\n';
  disk_.replace_file(path_ + "/state", text);
}

// Frames of a file up to the first that is not whole. A torn end of the newest is cut off: nobody relies on it.
void Journal::scan(uint64_t number, bool newest) {
  const std::string path = file_path(number);
  const std::string bytes = disk_.read_file(path);
  File file;
  Header header;
  std::string_view payload;
  while (get_frame(std::string_view(bytes).substr(file.bytes), header, payload)) {
    file.bytes += kHeader + header.size;
    file.rows += header.rows;
    last_moment_ = std::max(last_moment_, header.last_moment);
  }
  if (file.bytes < bytes.size() && !newest)
    log::warning("%s: damaged behind byte %ju: what follows in it can't be sent again", path.c_str(),
                 static_cast<uintmax_t>(file.bytes));
  if (file.bytes < bytes.size() && newest) {
    const Fd fd = disk_.open(path, O_WRONLY);
    disk_.truncate(fd.get(), path, file.bytes);
    disk_.sync(fd.get(), path);
  }
  files_[number] = file;
  end_ = {number, file.bytes};
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
  Header header{0, static_cast<uint32_t>(frame_rows_), kPlain, last_moment_, 0};
  if (bytes_from(state().sent) >= sizes_.pack_from) {
    header.form = kPacked;
    packed_.assign(kHeader, '\0');
    store::put_packed(packed_, std::string_view(pending_).substr(kHeader), store::Effort::fast);
  }
  std::string& frame = header.form == kPlain ? pending_ : packed_;
  put_header(frame, header);
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

bool Journal::read(JournalPlace& place, JournalFrame& frame) const {
  uint64_t size = 0;
  {
    const std::lock_guard lock(mutex_);
    auto it = files_.lower_bound(place.file);
    if (it != files_.end() && it->first == place.file && place.offset >= it->second.bytes) ++it;
    if (it == files_.end()) return false;
    if (it->first != place.file) place = {it->first, 0};
    size = it->second.bytes;
    if (place.offset >= size) return false;
  }
  const std::string path = file_path(place.file);
  const Fd fd = disk_.open(path, O_RDONLY);
  frame.bytes.resize(kHeader);
  frame.bytes.resize(disk_.read_at(fd.get(), path, frame.bytes.data(), kHeader, place.offset));
  Header header;
  std::string_view payload;
  if (get_header(frame.bytes, header)) {
    frame.bytes.resize(kHeader + header.size);
    frame.bytes.resize(
        kHeader + disk_.read_at(fd.get(), path, frame.bytes.data() + kHeader, header.size, place.offset + kHeader));
  }
  if (!get_frame(frame.bytes, header, payload))
    throw Error(EX_IOERR, path + ": damaged at byte " + std::to_string(place.offset) + " since it was opened");
  store::ByteReader in(payload);
  store::ByteReader rows(header.form == kPlain ? payload : store::get_packed(in, frame.unpacked));
  frame.indexed.clear();
  for (uint64_t left = rows.varint(); left > 0; --left) frame.indexed.emplace_back(rows.string());
  frame.rows.clear();
  for (uint32_t i = 0; i < header.rows; ++i) {
    JournalRow row;
    row.id.high = rows.fixed64();
    row.id.low = rows.fixed64();
    row.time = static_cast<Nanoseconds>(rows.fixed64());
    row.values = rows.string();
    row.fields = rows.string();
    frame.rows.push_back(row);
  }
  place.offset += kHeader + header.size;
  return true;
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
