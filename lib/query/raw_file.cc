#include "lib/query/raw_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "lib/error.h"
#include "lib/stop.h"

namespace alco::query {
namespace {

constexpr size_t kChunk = size_t{256} << 10;
constexpr std::chrono::milliseconds kGlance(20);  // how soon a wait notices that it is over
constexpr std::chrono::milliseconds kQuiet(100);  // a line that nothing follows for so long is an event
constexpr size_t kMaxLine = size_t{64} << 20;

// No line begins an event but the first: for the lines of one event.
const Multiline kOneEvent{Multiline::Mode::pattern, "[^\\x00-\\x{10FFFF}]"};

std::unique_ptr<TextEvents> text_of(RawFile& file, const Multiline& multiline) {
  if (file.json()) return nullptr;
  TextOptions options;
  options.source = file.name();
  options.written = file.written();
  options.multiline = multiline;
  return std::make_unique<TextEvents>(std::move(options));
}

}  // namespace

RawFile::RawFile(const std::string& path) : path_(path), name_(path == "-" ? "stdin" : path) { open(); }

void RawFile::open() {
  fd_.reset(path_ == "-" ? fcntl(0, F_DUPFD_CLOEXEC, 3) : ::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd_) {
    if (errno == ENOENT) throw Error(EX_NOINPUT, name_ + ": no such file");
    throw system_error(name_, "open", errno);
  }
  struct stat status;
  if (fstat(fd_.get(), &status) != 0) throw system_error(name_, "stat", errno);
  if (S_ISDIR(status.st_mode)) throw Error(EX_NOINPUT, name_ + ": is a folder");
  device_ = status.st_dev;
  inode_ = status.st_ino;
  seekable_ = S_ISREG(status.st_mode);
  if (seekable_ && path_ == "-" && lseek(0, 0, SEEK_CUR) > 0) seekable_ = false;  // the shell has read part of it
}

size_t RawFile::read(char* data, size_t size, uint64_t offset, std::chrono::milliseconds patience) {
  size_t done = 0;
  if (!ahead_.empty()) {
    done = std::min(size, ahead_.size());
    memcpy(data, ahead_.data(), done);
    ahead_.erase(0, done);
    return done;
  }
  while (done < size && !ended_) {
    if (!seekable_) {
      const std::chrono::milliseconds left = done > 0 ? std::chrono::milliseconds(0) : patience;
      const std::chrono::milliseconds step = left == kForEver ? kGlance : std::min(left, kGlance);
      if (!stop::wait_readable(fd_.get(), step)) {
        if (step == left || stop::requested() || (cancel_ && *cancel_)) break;
        if (patience != kForEver) patience -= step;
        continue;
      }
    }
    const ssize_t n = seekable_ ? pread(fd_.get(), data + done, size - done, static_cast<off_t>(offset + done))
                                : ::read(fd_.get(), data + done, size - done);
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0) throw system_error(name_, "read", errno);
    if (n == 0) {
      ended_ = !seekable_;
      break;
    }
    done += static_cast<size_t>(n);
  }
  largest_ = std::max(largest_, offset + done);
  return done;
}

void RawFile::spool() {
  if (seekable_) return;
  const char* folder = getenv("TMPDIR");
  std::string path = std::string(folder && *folder ? folder : "/tmp") + "/alco-query.XXXXXX";
  Fd copy(mkostemp(path.data(), O_CLOEXEC));
  if (!copy) throw system_error(path, "create", errno);
  unlink(path.c_str());
  std::vector<char> buffer(kChunk);
  uint64_t size = 0;
  while (const size_t n = read(buffer.data(), buffer.size(), size)) {
    real_disk().write(copy.get(), path, {buffer.data(), n});
    size += n;
  }
  fd_ = std::move(copy);
  seekable_ = true;
  ended_ = false;
}

bool RawFile::reopened() {
  struct stat status;
  if (path_ == "-" || !seekable_) return false;
  if (stat(path_.c_str(), &status) != 0) return false;
  const bool other = status.st_dev != device_ || status.st_ino != inode_;
  if (!other && static_cast<uint64_t>(status.st_size) >= largest_) return false;
  open();
  largest_ = 0;
  return true;
}

bool RawFile::json() {
  if (json_) return *json_;
  char data[4096];
  if (!seekable_) {
    const size_t n = read(data, sizeof data, 0);
    ahead_.assign(data, n);
  }
  const size_t n = seekable_ ? read(data, sizeof data, 0) : ahead_.size();
  const std::string_view head(data, n);
  const size_t first = head.find_first_not_of(" \t\r\n");
  const bool is = first != head.npos && head[first] == '{';
  if (n > 0) json_ = is;
  return is;
}

Nanoseconds RawFile::written() const {
  struct stat status;
  if (!seekable_ || path_ == "-" || fstat(fd_.get(), &status) != 0) return now();
  return status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec;
}

RawEvents::RawEvents(RawFile& file, uint64_t offset, const Multiline& multiline, const LineFilter* filter)
    : file_(file),
      buffer_(kChunk),
      base_(offset),
      begin_(offset),
      end_(offset),
      filter_(filter),
      text_(text_of(file, multiline)),
      arrival_(file.written()) {}

bool RawEvents::next_line(std::string_view& line, bool growing, std::chrono::milliseconds patience) {
  size_t searched = at_;
  while (true) {
    const void* found = memchr(buffer_.data() + searched, '\n', filled_ - searched);
    if (found || (filled_ - at_ >= kMaxLine)) {
      const auto stop = found ? static_cast<size_t>(static_cast<const char*>(found) - buffer_.data()) : filled_;
      line = {buffer_.data() + at_, stop - at_};
      at_ = stop + (found ? 1 : 0);
      return true;
    }
    memmove(buffer_.data(), buffer_.data() + at_, filled_ - at_);
    base_ += at_;
    filled_ -= at_;
    at_ = 0;
    searched = filled_;
    if (buffer_.size() - filled_ < kChunk) buffer_.resize(filled_ + kChunk);
    const size_t n = file_.read(buffer_.data() + filled_, kChunk, base_ + filled_, patience);
    if (n > 0) {
      filled_ += n;
      continue;
    }
    const bool more = !file_.seekable() && !file_.ended();  // a pipe that is only slow
    if (filled_ == 0 || (growing && (file_.seekable() || more)) || (more && patience != RawFile::kForEver))
      return false;
    line = {buffer_.data(), filled_};
    at_ = filled_;
    return true;
  }
}

const Event* RawEvents::next(bool growing) {
  std::string_view line;
  const std::chrono::milliseconds patience = growing ? std::chrono::milliseconds(0) : RawFile::kForEver;
  if (!text_) {
    while (true) {
      begin_ = base_ + at_;
      if (!next_line(line, growing, patience)) return nullptr;
      end_ = base_ + at_;
      if (line.find_first_not_of(" \t\r") == line.npos) continue;
      if (!filter_ || filter_->possible(line)) return &parser_.parse(line, arrival_);
      ++excluded_;
    }
  }
  while (true) {
    if (const Event* event = text_->next()) {
      begin_ = end_;
      end_ = text_->end();
      return event;
    }
    if (finished_) return nullptr;
    const bool may_wait = !growing && !file_.seekable() && text_->waiting();
    if (next_line(line, growing, may_wait ? kQuiet : patience)) {
      text_->add(line, arrival_, base_ + at_);
    } else if (growing) {
      return nullptr;
    } else if (may_wait && !file_.ended()) {
      text_->finish();
    } else {
      text_->finish();
      finished_ = true;
    }
  }
}

void RawEvents::release() {
  if (text_ && text_->waiting()) text_->finish();
}

RawEventAt::RawEventAt(RawFile& file) : file_(file), text_(text_of(file, kOneEvent)), arrival_(file.written()) {}

const Event& RawEventAt::read(uint64_t offset, uint64_t length, bool backwards) {
  if (offset < base_ || offset + length > base_ + filled_) {
    const uint64_t size = std::max<uint64_t>(length, kChunk);
    base_ = backwards ? offset + length - std::min(offset + length, size) : offset;
    buffer_.resize(size);
    filled_ = file_.read(buffer_.data(), buffer_.size(), base_);
    if (offset + length > base_ + filled_) throw Error(EX_IOERR, file_.name() + ": was cut while it was read");
  }
  std::string_view text(buffer_.data() + (offset - base_), length);
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (!text_) return parser_.parse(text, arrival_);
  while (true) {
    const size_t newline = text.find('\n');
    text_->add(text.substr(0, newline), arrival_);
    if (newline == text.npos) break;
    text.remove_prefix(newline + 1);
  }
  text_->finish();
  const Event* event = text_->next();
  if (!event) throw Error(EX_IOERR, file_.name() + ": was changed while it was read");
  return *event;
}

}  // namespace alco::query
