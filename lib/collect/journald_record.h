#pragma once
// One line of journalctl -o json.
#include <string>

namespace alco {

// Completes `json`, a record that satisfies R1: arrays of bytes (which journald writes for text that is not UTF-8 or
// holds control characters) become strings, and host, level, program and pid are added from _HOSTNAME, PRIORITY,
// SYSLOG_IDENTIFIER and _PID. Leaves alone what is no entry of a journal.
void to_journald_record(std::string& json);

}  // namespace alco
