#include "lib/stop.h"

#include <atomic>
#include <csignal>
#include <ctime>

namespace alco::stop {
namespace {

// A signal comes in whichever thread waits, and any may ask.
std::atomic<int> stops = 0;
std::atomic<bool> reloads = false;
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<bool>::is_always_lock_free);
sigset_t open_mask;  // the mask that wait() uses: our signals let in

void on_signal(int number) {
  if (number == SIGHUP)
    reloads = true;
  else
    ++stops;
}

}  // namespace

void install() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  sigset_t ours;
  sigemptyset(&ours);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) {
    sigaddset(&ours, number);
    sigaction(number, &action, nullptr);
  }
  pthread_sigmask(SIG_BLOCK, &ours, &open_mask);
  for (int number : {SIGTERM, SIGINT, SIGHUP}) sigdelset(&open_mask, number);
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
}

bool requested() {
  // A signal that is pending and blocked counts too: a busy loop may never wait.
  sigset_t pending;
  if (stops == 0 && sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) || sigismember(&pending, SIGINT)))
    return true;
  return stops > 0;
}

int count() { return stops; }

bool reload_requested() { return reloads.exchange(false); }

int wait(std::span<pollfd> fds, std::chrono::milliseconds timeout) {
  timespec limit{timeout.count() / 1000, timeout.count() % 1000 * 1000000};
  const int ready = ppoll(fds.data(), fds.size(), timeout.count() < 0 ? nullptr : &limit, &open_mask);
  return ready < 0 ? 0 : ready;
}

bool wait_readable(int fd, std::chrono::milliseconds timeout) {
  pollfd one{fd, POLLIN, 0};
  return wait({&one, 1}, timeout) > 0;
}

void reset_for_child() {
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  for (int number : {SIGPIPE, SIGTERM, SIGINT, SIGHUP}) sigaction(number, &action, nullptr);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

}  // namespace alco::stop
