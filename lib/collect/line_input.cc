#include "lib/collect/line_input.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/error.h"

namespace alco {
namespace {

constexpr size_t kReadSize = size_t{128} << 10;
constexpr size_t kHead = size_t{64} << 10;
constexpr size_t kTail = 64;

}  // namespace

LineInput::LineInput(Fd fd, std::string name, Kind kind, size_t max_line, std::function<void(std::string_view)> spill)
    : fd_(std::move(fd)), name_(std::move(name)), kind_(kind), max_line_(max_line), spill_(std::move(spill)) {}

void LineInput::seek(uint64_t offset, std::string tail) {
  begin_ = scanned_ = filled_ = 0;
  position_ = given_ = offset;
  tail_ = std::move(tail);
  spilled_ = 0;
  head_.clear();
}

void LineInput::spill_buffer() {
  const std::string_view part(buffer_.data() + begin_, filled_ - begin_);
  if (head_.size() < kHead) head_ += part.substr(0, kHead - head_.size());
  spilled_ += part.size();
  spill_(part);
  begin_ = scanned_ = filled_ = 0;
}

// A thousand quiet files shall not hold a thousand buffers.
void LineInput::release() {
  std::vector<char>().swap(buffer_);
  begin_ = scanned_ = filled_ = 0;
}

bool LineInput::read_more() {
  if (filled_ - begin_ > max_line_ || (spilled_ > 0 && filled_ > begin_)) spill_buffer();
  if (begin_ > 0 && buffer_.size() - filled_ < kReadSize) {
    memmove(buffer_.data(), buffer_.data() + begin_, filled_ - begin_);
    scanned_ -= begin_;
    filled_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - filled_ < kReadSize) buffer_.resize(std::max(buffer_.size() * 2, filled_ + kReadSize));
  // Standard input may be shared with other programs, which an O_NONBLOCK would surprise: ask before reading.
  pollfd ready{fd_.get(), POLLIN, 0};
  if (kind_ == Kind::stream && poll(&ready, 1, 0) <= 0) {
    if (begin_ == filled_) release();
    return false;
  }
  char* to = buffer_.data() + filled_;
  ssize_t got;
  do {
    got = kind_ == Kind::file ? pread(fd_.get(), to, kReadSize, static_cast<off_t>(position_))
                              : read(fd_.get(), to, kReadSize);
  } while (got < 0 && errno == EINTR);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
    if (begin_ == filled_) release();
    return false;
  }
  if (got < 0) throw system_error(name_, "read", errno);
  if (got == 0) {
    if (begin_ == filled_) release();
    over_ = kind_ == Kind::stream;
    return false;
  }
  const auto count = static_cast<size_t>(got);
  if (count >= kTail) {
    tail_.assign(to + count - kTail, kTail);
  } else {
    tail_.append(to, count);
    if (tail_.size() > kTail) tail_.erase(0, tail_.size() - kTail);
  }
  filled_ += count;
  position_ += count;
  return true;
}

void LineInput::give(Line& line, size_t newline) {
  line.length = line.text.size() + spilled_;
  line.spilled = spilled_ > 0 || line.text.size() > max_line_;
  if (line.spilled) {
    if (head_.size() < kHead) head_ += line.text.substr(0, kHead - head_.size());
    spill_(line.text);
    given_head_.swap(head_);
    head_.clear();
    line.text = given_head_;
    spilled_ = 0;
  }
  given_ += line.length + newline;
  line.end = given_;
}

LineInput::Got LineInput::next(Line& line) {
  const void* found;
  while (filled_ == scanned_ || !(found = memchr(buffer_.data() + scanned_, '\n', filled_ - scanned_))) {
    scanned_ = filled_;
    if (over_) return Got::end;
    if (!read_more()) return over_ ? Got::end : Got::nothing;
  }
  const auto newline = static_cast<size_t>(static_cast<const char*>(found) - buffer_.data());
  line.text = {buffer_.data() + begin_, newline - begin_};
  begin_ = scanned_ = newline + 1;
  give(line, 1);
  return Got::line;
}

bool LineInput::rest(Line& line) {
  if (begin_ == filled_ && spilled_ == 0) return false;
  line.text = {buffer_.data() + begin_, filled_ - begin_};
  begin_ = scanned_ = filled_;
  give(line, 0);
  return true;
}

}  // namespace alco
