#include "lib/catalogue/field_filter.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/stop.h"

namespace alco {
namespace {

using std::chrono::milliseconds;

constexpr size_t kReadSize = size_t{256} << 10;

milliseconds until(std::optional<CatalogueFeed::Clock::time_point> due) {
  if (!due) return milliseconds(-1);
  const auto left = std::chrono::ceil<milliseconds>(*due - CatalogueFeed::Clock::now());
  return std::max(left, milliseconds(0));
}

}  // namespace

FieldFilter::FieldFilter(int in, int out, ValueTracker& tracker, CatalogueFeed& feed, CatalogueTrouble trouble,
                         size_t max_line)
    : in_(in), out_(out), tracker_(tracker), feed_(feed), trouble_(trouble), max_line_(max_line), buffer_(kReadSize) {}

FieldFilter::Input FieldFilter::fill() {
  while (!stop::wait_readable(in_, until(feed_.due()))) {
    if (stop::requested()) return Input::stopped;
    feed_.settle(CatalogueFeed::Clock::now());
  }
  if (buffer_.size() - used_ < kReadSize) buffer_.resize(used_ + kReadSize);
  const ssize_t n = read(in_, buffer_.data() + used_, buffer_.size() - used_);
  if (n < 0 && (errno == EINTR || errno == EAGAIN)) return Input::data;
  if (n < 0) throw system_error("stdin", "read", errno);
  used_ += static_cast<size_t>(n);
  return n == 0 ? Input::end : Input::data;
}

void FieldFilter::note_lines(size_t end) {
  const Nanoseconds arrival = now();
  for (size_t begin = 0; begin < end;) {
    const void* newline = memchr(buffer_.data() + begin, '\n', end - begin);
    const size_t stop = newline ? static_cast<size_t>(static_cast<const char*>(newline) - buffer_.data()) : end;
    if (inside_long_line_)
      inside_long_line_ = false;
    else if (stop > begin)
      tracker_.note(parser_.parse({buffer_.data() + begin, stop - begin}, arrival), arrival / kSecond);
    begin = stop + 1;
  }
  if (tracker_.left_out() == left_out_) return;
  left_out_ = tracker_.left_out();
  log::warning_limited("values", "more than %zu different values today; new ones are not listed", kMaxTrackedValues);
}

void FieldFilter::pass(size_t end) {
  real_disk().write(out_, "stdout", {buffer_.data(), end});
  memmove(buffer_.data(), buffer_.data() + end, used_ - end);
  used_ -= end;
}

void FieldFilter::run() {
  for (;;) {
    const size_t before = used_;
    const Input input = fill();
    if (input != Input::data) break;
    const void* newline = memrchr(buffer_.data() + before, '\n', used_ - before);
    if (newline) {
      const size_t end = static_cast<size_t>(static_cast<const char*>(newline) - buffer_.data()) + 1;
      note_lines(end);
      if (trouble_ == CatalogueTrouble::fail && !tracker_.empty())
        feed_.write();
      else
        feed_.settle(CatalogueFeed::Clock::now());
      pass(end);
    } else if (used_ > max_line_ || inside_long_line_) {
      inside_long_line_ = true;
      pass(used_);
    }
  }
  if (used_ > 0) note_lines(used_);
  try {
    feed_.write();
  } catch (const Error& error) {
    if (trouble_ == CatalogueTrouble::fail) throw;
    log::warning("%s; %zu names and values were not written", error.what(), tracker_.waiting());
  }
  pass(used_);
}

}  // namespace alco
