#pragma once
// The program that shows long output on a terminal: $ALCO_PAGER, $PAGER, or less -RFX.
#include <sys/types.h>

#include <string>

#include "lib/disk.h"

namespace alco::output {

class Pager {
 public:
  Pager() = default;
  Pager(const Pager&) = delete;
  Pager& operator=(const Pager&) = delete;
  ~Pager();

  // The command, empty if output shall go straight to the terminal (an empty variable, or "cat").
  static std::string command();

  // False (with a warning unless the default is just not installed) if it can't be started.
  bool start(const std::string& command);
  bool running() const { return static_cast<bool>(input_); }
  int input() const { return input_.get(); }
  // Ends its input and waits until the user leaves it.
  void finish();

 private:
  Fd input_;
  pid_t child_ = -1;
};

}  // namespace alco::output
