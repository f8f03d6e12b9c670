#pragma once
// The stages behind alco-consume, as processes: rules R5 and R6 of doc/delivery.md.
#include <poll.h>
#include <sys/types.h>

#include <string>
#include <vector>

#include "lib/disk.h"

namespace alco {

class Pipeline {
 public:
  // Starts one process per stage, each by its own sh -c, in a process group of its own, with the default signals, no
  // descriptors but 0 to 2 (the last stage also the acknowledgement pipe, named by ALCO_ACK_FD) and only the variables
  // PATH, HOME, USER, LANG, LC_*, TZ, TMPDIR, ALCO_*, JOURNAL_STREAM, CREDENTIALS_DIRECTORY and those in `environment`.
  // Throws Error(EX_OSERR).
  Pipeline(const std::vector<std::string>& stages, const std::vector<std::string>& environment);
  ~Pipeline();  // kills what is left
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  int input() const { return input_.get(); }  // standard input of the first stage, O_NONBLOCK
  int acks() const { return acks_.get(); }    // to read acknowledgements from, O_NONBLOCK
  int unread() const;                         // bytes written that the first stage has not taken yet
  void close_input() { input_.reset(); }
  void close_acks() { acks_.reset(); }

  // Where the kernel can tell of the end of a process through a descriptor, adds these and returns true.
  bool add_descriptors(std::vector<pollfd>& fds) const;
  void collect();  // learns which stages have ended; never waits
  bool any_ended() const;
  bool all_ended() const;
  bool all_succeeded() const;  // all ended with status 0
  void signal(int number);     // to all that have not ended

  // One ended by a signal, or a status that speaks of no known trouble or of bad data. At the end of its input status 1
  // is none of these: so grep says that no line matched.
  enum class When { early, at_end };
  bool crashed(When when) const;
  bool refused() const;         // one could not be started or was misused: status 64, 78, 126 or 127
  bool unavailable() const;     // one ended with 69 or 75: a server is not there
  std::string verdict() const;  // "stage 2 (alco-index -i app) was killed by signal 9"

 private:
  struct Stage {
    std::string command;
    pid_t pid = -1;
    Fd handle;  // pidfd
    bool ended = false;
    int status = 0;  // of waitpid()
  };
  int exit_status(const Stage& stage) const;  // -1 if by a signal

  std::vector<Stage> stages_;
  Fd input_, acks_;
};

}  // namespace alco
