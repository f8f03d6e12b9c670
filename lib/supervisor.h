#pragma once
// What a service manager is told through $NOTIFY_SOCKET: the protocol of sd_notify(3), without its library. Without
// that variable nothing happens. Only the process that called begin() speaks: what it forks and starts is silent.
#include <string_view>

namespace alco::supervisor {

void begin();  // takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment; run_tool() calls it

// `status` is a line for people, as `systemctl status` shows it.
void ready(std::string_view status);
void reloading(std::string_view status);  // until ready()
void stopping(std::string_view status);
void status(std::string_view status);  // sent if it is another one than before

// Of the loop that does the work, as often as it likes: what stops calling this is killed if the manager asked for it.
void alive();

}  // namespace alco::supervisor
