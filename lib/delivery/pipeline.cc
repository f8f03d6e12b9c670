#include "lib/delivery/pipeline.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/process.hpp>
#include <boost/process/extend.hpp>
#include <cerrno>
#include <cstring>

#include "lib/error.h"
#include "lib/stop.h"

namespace alco {
namespace {

namespace process = boost::process;

constexpr int kAckFd = 3;  // what the last stage sees

struct Ends {
  Fd read, write;
};

Ends make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw system_error("pipe", "pipe2", errno);
  return {Fd(ends[0]), Fd(ends[1])};
}

// FreeBSD does not tell at the writing end of a pipe how much is unread, but does so for a socket.
Ends make_input() {
#ifdef FIONWRITE
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    throw system_error("socketpair", "socketpair", errno);
  return {Fd(ends[0]), Fd(ends[1])};
#else
  return make_pipe();
#endif
}

void set_nonblocking(int fd) { fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK); }

bool passed_on(std::string_view name, const std::vector<std::string>& more) {
  for (const char* known : {"PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "JOURNAL_STREAM", "CREDENTIALS_DIRECTORY"})
    if (name == known) return true;
  if (name == "ALCO_ACK_FD") return false;
  if (name.starts_with("ALCO_") || name.starts_with("LC_")) return true;
  for (const std::string& other : more)
    if (name == other) return true;
  return false;
}

process::environment stage_environment(const std::vector<std::string>& more) {
  process::environment environment;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (equals == std::string_view::npos || !passed_on(text.substr(0, equals), more)) continue;
    environment[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
  }
  return environment;
}

// Between fork and exec. The descriptors of our own are all O_CLOEXEC; dup2() takes that away from the copies.
void arrange(int in, int out, int acks) {
  setpgid(0, 0);
  dup2(in, STDIN_FILENO);
  if (out >= 0) dup2(out, STDOUT_FILENO);
  if (acks == kAckFd)
    fcntl(acks, F_SETFD, 0);
  else if (acks >= 0)
    dup2(acks, kAckFd);
  stop::reset_for_child();
}

pid_t start(const std::string& command, int in, int out, int acks, process::environment environment) {
  if (acks >= 0) environment["ALCO_ACK_FD"] = std::to_string(kAckFd);
  try {
    process::child child(
        "/bin/sh", process::args = {"-c", command}, environment,
        process::extend::on_exec_setup = [=](auto&) { arrange(in, out, acks); });
    const pid_t pid = child.id();
    child.detach();  // waited for by collect()
    return pid;
  } catch (const process::process_error& error) {
    throw Error(EX_OSERR, "stage (" + command + "): " + error.what());
  }
}

Fd handle_of([[maybe_unused]] pid_t pid) {
#ifdef SYS_pidfd_open
  return Fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
#else
  return Fd();
#endif
}

}  // namespace

Pipeline::Pipeline(const std::vector<std::string>& stages, const std::vector<std::string>& environment) {
  const process::environment variables = stage_environment(environment);
  Ends feed = make_input();
  Ends answers = make_pipe();
  Fd in = std::move(feed.read);
  for (size_t i = 0; i < stages.size(); ++i) {
    const bool last = i + 1 == stages.size();
    Ends link;
    if (!last) link = make_pipe();
    Stage stage;
    stage.command = stages[i];
    stage.pid = start(stages[i], in.get(), link.write.get(), last ? answers.write.get() : -1, variables);
    stage.handle = handle_of(stage.pid);
    stages_.push_back(std::move(stage));
    in = std::move(link.read);
  }
  input_ = std::move(feed.write);
  acks_ = std::move(answers.read);
  set_nonblocking(input_.get());
  set_nonblocking(acks_.get());
}

Pipeline::~Pipeline() {
  signal(SIGKILL);
  for (Stage& stage : stages_)
    while (!stage.ended && waitpid(stage.pid, &stage.status, 0) < 0 && errno == EINTR) continue;
}

int Pipeline::unread() const {
  int left = 0;
#ifdef FIONWRITE
  const int failed = ioctl(input_.get(), FIONWRITE, &left);
#else
  const int failed = ioctl(input_.get(), FIONREAD, &left);
#endif
  if (failed < 0) throw system_error("stage 1", "ioctl", errno);
  return left;
}

bool Pipeline::add_descriptors(std::vector<pollfd>& fds) const {
  for (const Stage& stage : stages_) {
    if (stage.ended) continue;
    if (!stage.handle) return false;
    fds.push_back({stage.handle.get(), POLLIN, 0});
  }
  return true;
}

void Pipeline::collect() {
  for (Stage& stage : stages_) {
    if (stage.ended) continue;
    const pid_t pid = waitpid(stage.pid, &stage.status, WNOHANG);
    if (pid == stage.pid) stage.ended = true;
    if (stage.ended) stage.handle.reset();
  }
}

bool Pipeline::any_ended() const {
  for (const Stage& stage : stages_)
    if (stage.ended) return true;
  return false;
}

bool Pipeline::all_ended() const {
  for (const Stage& stage : stages_)
    if (!stage.ended) return false;
  return true;
}

bool Pipeline::all_succeeded() const {
  for (const Stage& stage : stages_)
    if (!stage.ended || stage.status != 0) return false;
  return true;
}

void Pipeline::signal(int number) {
  for (const Stage& stage : stages_)
    if (!stage.ended) kill(-stage.pid, number);
}

int Pipeline::exit_status(const Stage& stage) const { return WIFEXITED(stage.status) ? WEXITSTATUS(stage.status) : -1; }

bool Pipeline::crashed(When when) const {
  for (const Stage& stage : stages_) {
    if (!stage.ended || stage.status == 0) continue;
    const int status = exit_status(stage);
    // A stage that lost its reader or writer is not the one at fault.
    if (status == kExitReaderGone || (status < 0 && WTERMSIG(stage.status) == SIGPIPE)) continue;
    if (status == 1 && when == When::at_end) continue;
    if (status < 0 || status == EX_DATAERR || status == EX_SOFTWARE || status < EX_USAGE || status > 125) return true;
  }
  return false;
}

bool Pipeline::refused() const {
  for (const Stage& stage : stages_)
    for (int status : {EX_USAGE, EX_CONFIG, 126, 127})
      if (stage.ended && exit_status(stage) == status) return true;
  return false;
}

bool Pipeline::unavailable() const {
  for (const Stage& stage : stages_)
    if (stage.ended && (exit_status(stage) == EX_UNAVAILABLE || exit_status(stage) == EX_TEMPFAIL)) return true;
  return false;
}

std::string Pipeline::verdict() const {
  std::string text;
  for (size_t i = 0; i < stages_.size(); ++i) {
    const Stage& stage = stages_[i];
    if (!stage.ended) continue;
    if (!text.empty()) text += ", ";
    text += "stage " + std::to_string(i + 1) + " (" + stage.command + ") ";
    const int status = exit_status(stage);
    text += status >= 0 ? "ended with status " + std::to_string(status)
                        : "was killed by signal " + std::to_string(WTERMSIG(stage.status));
    if (status > 128 && status < 160) text += " (signal " + std::to_string(status - 128) + ")";  // as its shell says it
  }
  return text;
}

}  // namespace alco
