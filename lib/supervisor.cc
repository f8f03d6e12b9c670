#include "lib/supervisor.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "lib/disk.h"
#include "lib/printable.h"

namespace alco::supervisor {
namespace {

using Clock = std::chrono::steady_clock;

pid_t speaker = -1;
Fd channel;
std::chrono::microseconds pause_between{0};  // of two signs of life; 0: nobody waits for any
Clock::time_point next_sign;
std::string shown;  // the status that was sent last

std::string take_variable(const char* name) {
  const char* text = getenv(name);
  std::string value = text ? text : "";
  unsetenv(name);
  return value;
}

// "/path", or "@name" of Linux' abstract sockets.
void connect_to(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path || (name[0] != '/' && name[0] != '@')) return;
  memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (fd && connect(fd.get(), reinterpret_cast<sockaddr*>(&address), size) == 0) channel = std::move(fd);
}

// A manager that takes nothing must not stop the work: what does not go out is lost.
void say(const std::string& text) {
  if (!channel || getpid() != speaker) return;
  [[maybe_unused]] const ssize_t sent = send(channel.get(), text.data(), text.size(), MSG_NOSIGNAL);
}

std::string status_line(std::string_view text) {
  shown = text;
  std::string line = "STATUS=";
  append_printable(line, text);
  return line;
}

}  // namespace

void begin() {
  const std::string name = take_variable("NOTIFY_SOCKET"), period = take_variable("WATCHDOG_USEC"),
                    watched = take_variable("WATCHDOG_PID");
  speaker = getpid();
  if (name.empty()) return;
  connect_to(name);
  uint64_t microseconds = 0;
  std::from_chars(period.data(), period.data() + period.size(), microseconds);
  if (watched.empty() || watched == std::to_string(speaker))
    pause_between = std::chrono::microseconds(microseconds / 3);
}

void ready(std::string_view status) { say("READY=1\n" + status_line(status)); }

void reloading(std::string_view status) {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t microseconds = int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  say("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(microseconds) + "\n" + status_line(status));
}

void stopping(std::string_view status) { say("STOPPING=1\n" + status_line(status)); }

void status(std::string_view status) {
  if (status != shown) say(status_line(status));
}

void alive() {
  if (pause_between.count() == 0 || Clock::now() < next_sign) return;
  say("WATCHDOG=1");
  next_sign = Clock::now() + pause_between;
}

}  // namespace alco::supervisor
