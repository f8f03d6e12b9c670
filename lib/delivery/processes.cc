#include "lib/delivery/processes.h"

#include <sys/types.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#ifdef __FreeBSD__
#include <sys/procctl.h>
#endif
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <vector>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/supervisor.h"

namespace alco {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds kLook{200}, kFirstDelay{500}, kLongestDelay{30'000};
constexpr std::chrono::seconds kSettled{60};

struct Child {
  pid_t pid = -1;
  bool done = false;  // not to be started again
  unsigned failures = 0;
  Clock::time_point started{}, next{};
};

void die_with_parent([[maybe_unused]] pid_t parent) {
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) raise(SIGTERM);
#endif
#ifdef __FreeBSD__
  int number = SIGTERM;
  procctl(P_PID, 0, PROC_PDEATHSIG_CTL, &number);
#endif
}

// The errors of a child are its own: it reports them and ends with their code.
int run_child(const std::function<int()>& body) {
  try {
    return body();
  } catch (const Error& error) {
    log::error("%s", error.what());
    return error.code();
  } catch (const std::exception& error) {
    log::error("bug: %s", error.what());
    return EX_SOFTWARE;
  }
}

void start(Child& child, const std::function<int()>& body) {
  const pid_t parent = getpid();
  child.pid = fork();
  if (child.pid < 0) throw system_error("alco-consume", "fork", errno);
  child.started = Clock::now();
  if (child.pid > 0) return;
  die_with_parent(parent);
  const int status = run_child(body);
  log::flush_limited();
  _exit(status);
}

bool final(int status) {
  for (const int code : {0, EX_USAGE, EX_SOFTWARE, EX_PROTOCOL, EX_NOPERM, EX_CONFIG})
    if (status == code) return true;
  return false;
}

void signal_all(const std::vector<Child>& children, int number) {
  for (const Child& child : children)
    if (child.pid > 0) kill(child.pid, number);
}

// The status of a child that has ended; its own or 128 + signal.
void take_end(Child& child, int raw, int& result) {
  const int status = WIFEXITED(raw) ? WEXITSTATUS(raw) : 128 + WTERMSIG(raw);
  child.pid = -1;
  child.done = WIFEXITED(raw) && final(status);
  if (status != 0 && (child.done || stop::requested()) && result == 0) result = status;
  if (child.done || stop::requested()) return;
  child.failures = Clock::now() - child.started > kSettled ? 0 : child.failures + 1;
  child.next = Clock::now() + std::min(kLongestDelay, kFirstDelay * (1 << std::min(child.failures, 6u)));
  log::warning_limited("child", "a consumer ended with status %d; started again", status);
}

}  // namespace

int run_processes(int count, const std::function<int()>& body) {
  std::vector<Child> children(static_cast<size_t>(count));
  int result = 0, stops_sent = 0;
  const std::string each = std::to_string(count) + " consumers";
  supervisor::ready(each);
  for (;;) {
    supervisor::alive();
    bool alive = false;
    for (Child& child : children) {
      int raw = 0;
      if (child.pid > 0 && waitpid(child.pid, &raw, WNOHANG) == child.pid) take_end(child, raw, result);
      if (child.pid < 0 && !child.done && !stop::requested() && result == 0 && Clock::now() >= child.next)
        start(child, body);
      alive = alive || child.pid > 0 || (!child.done && !stop::requested() && result == 0);
    }
    if (!alive) return result;
    if (stop::reload_requested()) {
      supervisor::reloading(each + ": each reads its configuration again");
      signal_all(children, SIGHUP);
      supervisor::ready(each);
    }
    const int wanted = std::max(stop::count(), result != 0 ? 1 : 0);
    if (wanted > 0 && stops_sent == 0) supervisor::stopping(each + ": storing the last records");
    for (; stops_sent < wanted; ++stops_sent) signal_all(children, SIGTERM);
    stop::wait({}, kLook);
  }
}

}  // namespace alco
