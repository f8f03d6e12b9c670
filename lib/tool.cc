#include "lib/tool.h"

#include <fcntl.h>
#include <unistd.h>
#if defined(__linux__)
#include <sys/prctl.h>
#elif defined(__FreeBSD__)
#include <sys/procctl.h>
#endif

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <new>
#include <system_error>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/supervisor.h"

namespace alco {
namespace {

// A tool started with a closed stdin or stdout must not write its data into the first file it opens.
void open_missing_descriptors() {
  for (int fd = 0; fd <= 2; ++fd)
    if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_RDONLY : O_WRONLY) < 0) _exit(EX_OSERR);
}

// What is in memory is logs and passwords: it goes into no core file, and no other process of the user reads it.
void keep_memory_private() {
#if defined(__SANITIZE_ADDRESS__)  // the search for leaks is such a process
#elif defined(__linux__)
  prctl(PR_SET_DUMPABLE, 0);
#elif defined(PROC_TRACE_CTL)
  int off = PROC_TRACE_CTL_DISABLE;
  procctl(P_PID, getpid(), PROC_TRACE_CTL, &off);
#endif
}

int parse_failure(const CLI::App& app, const CLI::ParseError& error, std::string_view name, ToolExits exits) {
  if (error.get_exit_code() == 0) {  // --help, --version
    app.exit(error);
    return fflush(stdout) == 0 ? 0 : EX_IOERR;
  }
  log::error("%s (see %s --help)", error.what(), std::string(name).c_str());
  return exits.usage;
}

}  // namespace

int run_tool(std::string_view name, CLI::App& app, int argc, char** argv, const std::function<int()>& body,
             ToolExits exits) {
  open_missing_descriptors();
  keep_memory_private();
  log::set_tool(name);
  app.name(std::string(name));
  app.set_version_flag("--version", std::string(name) + " " + kVersion);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return parse_failure(app, error, name, exits);
  }
  stop::install();
  supervisor::begin();
  int status;
  try {
    status = body();
  } catch (const Error& error) {
    if (error.code() == kExitReaderGone) return kExitReaderGone;
    log::error("%s", error.what());
    status = exits.trouble ? exits.trouble : error.code();
  } catch (const std::bad_alloc&) {
    log::error("out of memory");
    status = exits.trouble ? exits.trouble : EX_OSERR;
  } catch (const std::exception& error) {
    const auto* system = dynamic_cast<const std::system_error*>(&error);
    const bool no_thread = system && system->code() == std::errc::resource_unavailable_try_again;
    log::error(no_thread ? "no thread: %s" : "bug: %s", error.what());
    status = exits.trouble ? exits.trouble : no_thread ? EX_OSERR : EX_SOFTWARE;
  }
  log::flush_limited();
  return status;
}

}  // namespace alco
