#include "lib/line_reader.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/error.h"
#include "lib/stop.h"

namespace alco {
namespace {

constexpr size_t kReadSize = size_t{256} << 10;
constexpr size_t kNone = static_cast<size_t>(-1);

}  // namespace

LineReader::LineReader(int fd, std::string name, size_t max_line)
    : fd_(fd), name_(std::move(name)), max_line_(max_line), buffer_(kReadSize) {}

size_t LineReader::find_newline() {
  const void* found = memchr(buffer_.data() + begin_ + scanned_, '\n', end_ - begin_ - scanned_);
  if (!found) {
    scanned_ = end_ - begin_;
    return kNone;
  }
  return static_cast<size_t>(static_cast<const char*>(found) - buffer_.data());
}

LineReader::Got LineReader::fill(int milliseconds) {
  if (ended_) return Got::end;
  if (end_ - begin_ > max_line_) {  // an overlong line: keep its head, drop what follows
    const size_t extra = end_ - begin_ - max_line_;
    dropped_ += extra;
    end_ -= extra;
    scanned_ = end_ - begin_;
  }
  if (buffer_.size() - end_ < kReadSize) {
    memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    if (buffer_.size() - end_ < kReadSize) buffer_.resize(end_ + kReadSize * 2);
  }
  if (!stop::wait_readable(fd_, std::chrono::milliseconds(milliseconds)))
    return stop::requested() ? Got::stopped : Got::nothing;
  const ssize_t n = read(fd_, buffer_.data() + end_, buffer_.size() - end_);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Got::nothing;
  if (n < 0) throw system_error(name_, "read", errno);
  if (n == 0) {
    ended_ = true;
    return Got::end;
  }
  end_ += static_cast<size_t>(n);
  return Got::data;
}

std::optional<LineReader::Line> LineReader::next() {
  size_t newline;
  while ((newline = find_newline()) == kNone) {
    const Got got = fill(-1);
    if (got == Got::stopped) return std::nullopt;
    if (got != Got::end) continue;
    if (begin_ == end_ && dropped_ == 0) return std::nullopt;
    break;
  }
  const bool complete = newline != kNone;
  const size_t stop = complete ? newline : end_;
  const uint64_t length = stop - begin_ + dropped_;
  const Line line{{buffer_.data() + begin_, std::min(stop - begin_, max_line_)}, complete, length};
  begin_ = stop + (complete ? 1 : 0);
  scanned_ = 0;
  dropped_ = 0;
  ++line_;
  offset_ += length + (complete ? 1 : 0);
  return line;
}

bool LineReader::has_line() { return wait_line(0); }

bool LineReader::wait_line(int milliseconds) {
  while (find_newline() == kNone) {
    const Got got = fill(milliseconds);
    if (got == Got::end) return begin_ < end_ || dropped_ > 0;
    if (got != Got::data) return false;
  }
  return true;
}

}  // namespace alco
