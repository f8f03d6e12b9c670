#include "lib/http/outbox.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "lib/error.h"

namespace alco::http {

Waker::Waker() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) throw system_error("wake-up pipe", "pipe2", errno);
  read_end_.reset(ends[0]);
  write_end_.reset(ends[1]);
}

void Waker::wake() {
  if (awake_.exchange(true)) return;
  [[maybe_unused]] const ssize_t written = write(write_end_.get(), "", 1);  // a full pipe is readable too
}

void Waker::drain() {
  char buffer[64];
  while (read(read_end_.get(), buffer, sizeof buffer) > 0) {
  }
  awake_ = false;
}

Outbox::Outbox(std::shared_ptr<OutboxShared> shared) : shared_(std::move(shared)) {}

Outbox::~Outbox() { shared_->pending -= pending_; }

void Outbox::append_locked(std::string_view bytes) {
  if (abandoned_ || bytes.empty()) return;
  data_ += bytes;
  pending_ += bytes.size();
  shared_->pending += bytes.size();
}

void Outbox::append(std::string_view bytes) {
  std::lock_guard lock(mutex_);
  append_locked(bytes);
}

void Outbox::append_body(std::string_view data) {
  if (data.empty()) return;
  std::lock_guard lock(mutex_);
  if (framing_ == Framing::plain) return append_locked(data);
  char size[20];
  snprintf(size, sizeof size, "%zx\r\n", data.size());
  append_locked(size);
  append_locked(data);
  append_locked("\r\n");
}

void Outbox::finish_body() {
  if (framing_ == Framing::chunked) append("0\r\n\r\n");
}

void Outbox::abandon() {
  std::lock_guard lock(mutex_);
  abandoned_ = true;
  shared_->pending -= pending_;
  pending_ = 0;
  begin_ = 0;
  std::string().swap(data_);
}

Outbox::Sent Outbox::send_to(int fd, size_t& bytes) {
  std::lock_guard lock(mutex_);
  while (begin_ < data_.size()) {
    const ssize_t sent = send(fd, data_.data() + begin_, data_.size() - begin_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Sent::some : Sent::failed;
    begin_ += static_cast<size_t>(sent);
    bytes += static_cast<size_t>(sent);
    pending_ -= static_cast<size_t>(sent);
    shared_->pending -= static_cast<size_t>(sent);
  }
  begin_ = 0;
  if (data_.capacity() > 64 * 1024)
    std::string().swap(data_);
  else
    data_.clear();
  return Sent::all;
}

}  // namespace alco::http
