#pragma once
// Signals enter at one place.
//
// run_tool() calls install() before any thread starts: SIGTERM, SIGINT and
// SIGHUP are blocked, SIGPIPE is ignored. Only wait_readable() lets them in, so
// no other call sees EINTR and a batch is never cut.
#include <poll.h>

#include <chrono>
#include <span>

namespace alco::stop {

void install();

bool requested();         // SIGTERM or SIGINT came
int count();              // how many of them: a second one means hurry
bool reload_requested();  // SIGHUP came since the last call

// ppoll() with the signals let in. Returns the number of ready descriptors,
// 0 on timeout or when a signal came (check requested()). A negative timeout waits for ever.
int wait(std::span<pollfd> fds, std::chrono::milliseconds timeout);
bool wait_readable(int fd, std::chrono::milliseconds timeout);

// In a child between fork and exec: the default SIGPIPE and an empty mask again.
void reset_for_child();

}  // namespace alco::stop
