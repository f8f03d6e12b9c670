#pragma once
// The one exception of ALCO: the tool cannot go on.
//
// Thrown anywhere in lib/, caught only by run_tool() (which prints it and
// turns the code into the exit status) and by loops that reconnect.
#include <sysexits.h>

#include <stdexcept>
#include <string>

namespace alco {

inline constexpr int kExitReaderGone = 141;  // what a shell shows for a filter that was cut off by | head

class Error : public std::runtime_error {
 public:
  // `code` is a value of sysexits.h or kExitReaderGone. `what` names the object first: "app/20261122: open: …".
  Error(int code, const std::string& what, int errnum = 0) : std::runtime_error(what), code_(code), errnum_(errnum) {}
  int code() const { return code_; }
  int errnum() const { return errnum_; }  // of the system call that failed; 0 if it was none

 private:
  int code_;
  int errnum_;
};

// "PATH: CALL: strerror(errno)", with EX_IOERR unless errno speaks for a better code.
Error system_error(const std::string& object, const char* call, int errnum);

}  // namespace alco
