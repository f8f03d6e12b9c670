#include "lib/output/sink.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/error.h"
#include "lib/stop.h"

namespace alco::output {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr size_t kSendAt = size_t{64} << 10;
constexpr milliseconds kTick(20);           // how long a line may wait
constexpr milliseconds kHold(80);           // ... while a pager may turn out not to be needed
constexpr milliseconds kQuietAtFirst(500);  // no progress line before
constexpr milliseconds kRedraw(200);
constexpr size_t kPiece = 4096;  // PIPE_BUF: a pipe that is ready takes so much without blocking

// How much a descriptor that is ready takes without blocking: of an empty pipe all that it holds.
size_t room_of(int fd) {
#ifdef F_GETPIPE_SZ
  int waiting = 0;
  const int capacity = fcntl(fd, F_GETPIPE_SZ);
  if (capacity > 0 && ioctl(fd, FIONREAD, &waiting) == 0 && waiting == 0) return static_cast<size_t>(capacity);
#endif
  static_cast<void>(fd);
  return kPiece;
}

// Writes all of it, but never sits in write(2) where a signal could not stop it. False if a stop was requested.
bool write_all(int fd, std::string_view data) {
  struct stat status;
  const bool known = fstat(fd, &status) == 0;
  if (known && (S_ISREG(status.st_mode) || (S_ISCHR(status.st_mode) && !isatty(fd)))) {  // never waits
    real_disk().write(fd, "stdout", data);
    return true;
  }
  while (!data.empty()) {
    pollfd ready{fd, POLLOUT, 0};
    if (stop::wait({&ready, 1}, std::chrono::seconds(1)) == 0) {
      if (stop::requested()) return false;
      continue;
    }
    const ssize_t n = ::write(fd, data.data(), std::min(data.size(), room_of(fd)));
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (n < 0)
      throw errno == EPIPE ? Error(kExitReaderGone, "stdout: the reader went away")
                           : system_error("stdout", "write", errno);
    data.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

Sink::Sink(Options options)
    : options_(std::move(options)),
      terminal_(isatty(1)),
      rows_(terminal_ ? screen_size(1).rows : 0),
      started_(Clock::now()),
      drawn_(started_),
      deadline_(Clock::time_point::max()) {
  if (terminal_ && options_.pager && rows_ > 0) pager_command_ = Pager::command();
  decided_ = pager_command_.empty();
  options_.progress = options_.progress && isatty(2);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error("pipe", "create", errno);
  wake_read_.reset(ends[0]);
  wake_write_.reset(ends[1]);
  watcher_ = std::thread([this] { watch(); });
}

Sink::~Sink() {
  done_ = true;
  wake_write_.reset();  // the watcher's poll() returns
  if (watcher_.joinable()) watcher_.join();
  pager_.finish();
}

size_t Sink::columns() const { return terminal_ ? screen_size(1).columns : 0; }

void Sink::stop_after(milliseconds time) {
  const std::lock_guard lock(mutex_);
  deadline_ = Clock::now() + time;
}

void Sink::on_tick(std::function<void()> hook) {
  const std::lock_guard lock(hook_mutex_);
  hook_ = std::move(hook);
}

void Sink::check_error() {
  if (error_) std::rethrow_exception(error_);
}

void Sink::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  check_error();
  if (pager_left_) return;
  if (decided_ && lines.size() >= kSendAt) {
    send();
    send(lines);
    return check_error();
  }
  if (buffer_.empty()) waiting_since_ = Clock::now();
  buffer_ += lines;
  if (!decided_) lines_held_ += static_cast<size_t>(std::count(lines.begin(), lines.end(), '\n'));
  const bool first = !begun_ && decided_ && !terminal_;  // who waits for it may not want the rest
  if (buffer_.size() >= kSendAt || pager_due() || first) send();
  check_error();
}

bool Sink::pager_due() const { return !decided_ && lines_held_ >= rows_; }

void Sink::flush() {
  const std::lock_guard lock(mutex_);
  if (decided_) send();
  check_error();
}

void Sink::send() {
  if (!buffer_.empty()) send(buffer_);
  buffer_.clear();
}

void Sink::send(std::string_view data) {
  if (error_) return;
  begun_ = true;
  erase_progress();
  if (!decided_) {
    decided_ = true;
    pager_.start(pager_command_);
  }
  try {
    if (!write_all(pager_.running() ? pager_.input() : 1, data)) cancel_ = true;
  } catch (const Error& error) {
    cancel_ = true;
    if (pager_.running() && error.code() == kExitReaderGone)
      pager_left_ = true;
    else
      error_ = std::current_exception();
  }
}

void Sink::finish() {
  done_ = true;
  wake_write_.reset();
  if (watcher_.joinable()) watcher_.join();
  decided_ = decided_ || !pager_due();  // it fits the screen
  send();
  erase_progress();
  pager_.finish();
  check_error();
}

void Sink::watch() {
  while (!done_) {
    pollfd fds[2] = {{wake_read_.get(), POLLIN, 0}, {-1, 0, 0}};
    {
      const std::lock_guard lock(mutex_);
      if (!pager_left_ && !error_) fds[1].fd = pager_.running() ? pager_.input() : (terminal_ ? -1 : 1);
    }
    stop::wait(fds, kTick);
    if (stop::requested()) cancel_ = true;
    {
      const std::lock_guard lock(hook_mutex_);
      if (hook_) hook_();
    }
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (now >= deadline_) cancel_ = true;
    if (fds[1].revents & (POLLERR | POLLHUP)) {  // nobody reads any more
      cancel_ = true;
      if (pager_.running())
        pager_left_ = true;
      else if (!error_)
        error_ = std::make_exception_ptr(Error(kExitReaderGone, "stdout: the reader went away"));
    }
    if (!buffer_.empty() && now - waiting_since_ >= (decided_ ? kTick : kHold)) send();
    if (options_.progress && !pager_.running() && now - started_ >= kQuietAtFirst && now - drawn_ >= kRedraw)
      draw_progress();
  }
}

// Only while nothing else stands on the line: stdout goes elsewhere, or has nothing yet.
void Sink::draw_progress() {
  if (terminal_ && hits_ > 0) return;
  drawn_ = Clock::now();
  char text[160];
  const int size = snprintf(text, sizeof text, "\r\033[K%.60s: %.0f %% searched, %llu hits", options_.subject.c_str(),
                            std::min(1.0, progress_.load()) * 100, static_cast<unsigned long long>(hits_.load()));
  progress_shown_ = ::write(2, text, static_cast<size_t>(size)) > 0;
}

void Sink::erase_progress() {
  if (!progress_shown_) return;
  constexpr std::string_view kErase = "\r\033[K";
  progress_shown_ = ::write(2, kErase.data(), kErase.size()) < 0;
}

}  // namespace alco::output
