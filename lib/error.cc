#include "lib/error.h"

#include <cerrno>
#include <system_error>

namespace alco {

Error system_error(const std::string& object, const char* call, int errnum) {
  int code = EX_IOERR;
  if (errnum == EACCES || errnum == EPERM) code = EX_NOPERM;
  if (errnum == EPIPE) code = kExitReaderGone;
  return Error(code, object + ": " + call + ": " + std::generic_category().message(errnum), errnum);
}

}  // namespace alco
