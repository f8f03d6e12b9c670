#pragma once
// From a Source through the stages to "it is durable": rules R3 to R11 of doc/delivery.md in one poll loop.
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "lib/delivery/source.h"

namespace alco {

enum class AckMode { written, none };  // without stages and ack_fd: safe when written to stdout, or never

struct DeliveryOptions {
  std::string index;
  std::vector<std::string> stages;       // each run by its own sh -c; empty: standard output
  std::vector<std::string> environment;  // names of variables that stages get beside PATH, HOME, LANG, TZ, ALCO_* …
  AckMode ack = AckMode::written;
  int ack_fd = -1;                          // without stages: acknowledgements come from here
  uint64_t window = 1000;                   // records in flight at most
  uint64_t max_bytes = uint64_t{64} << 20;  // and their bytes
  uint64_t limit = 0;                       // stop after so many records; 0: never
  uint64_t batch = 0;                       // so many records are one run of the pipeline; 0: as long as it lives
  unsigned acks_required = 1;               // sinks that must each say ok
  std::chrono::milliseconds stall{2000};   // no acknowledgement for so long: end the run of the pipeline and start anew
  std::chrono::milliseconds drain{30000};  // after SIGTERM, for the last acknowledgements
  std::chrono::seconds give_back{1500};    // nothing could be stored for so long: give all back to the broker
  std::chrono::seconds stats{0};           // print counters to stderr so often; 0: never
  std::string collecting_folder;           // gets the sign that `index` is being collected; empty: none is given
  std::string rejected_file;               // gets records that kill the pipeline; empty: it is not looked for them
};

// Runs until the source ends, a stop is requested or nothing can be done any more. Returns the exit code: 0; 75 if
// something was left unacknowledged or the pipeline kept dying; 76 after absurd acknowledgements; 141 when the
// reader of standard output went away. Calls source.close() on every way out but an Error.
int deliver(Source& source, const DeliveryOptions& options);

}  // namespace alco
