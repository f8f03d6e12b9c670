#include "lib/output/pager.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "lib/log.h"
#include "lib/stop.h"

extern char** environ;

namespace alco::output {
namespace {

constexpr const char* kDefault = "less -RFX";

// The words of a command that needs no shell.
std::vector<std::string> words_of(const std::string& command) {
  if (command.find_first_of("|&;<>()$`\\\"'*?[#~=%\n") != command.npos) return {"sh", "-c", command};
  std::vector<std::string> words;
  for (size_t at = 0; (at = command.find_first_not_of(' ', at)) != command.npos;) {
    const size_t end = std::min(command.find(' ', at), command.size());
    words.push_back(command.substr(at, end - at));
    at = end;
  }
  return words;
}

}  // namespace

std::string Pager::command() {
  for (const char* name : {"ALCO_PAGER", "PAGER"}) {
    const char* value = getenv(name);
    if (value) return strcmp(value, "cat") == 0 ? "" : value;
  }
  return kDefault;
}

Pager::~Pager() { finish(); }

bool Pager::start(const std::string& command) {
  // Everything that needs memory is made before fork(): there may be another thread.
  std::vector<std::string> words = words_of(command);
  std::vector<char*> arguments, environment;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  std::string less = "LESS=RFX", lv = "LV=-c";  // as git: what makes colours and short answers come out right
  for (char** variable = environ; *variable; ++variable) environment.push_back(*variable);
  if (!getenv("LESS")) environment.push_back(less.data());
  if (!getenv("LV")) environment.push_back(lv.data());
  environment.push_back(nullptr);

  int data[2], report[2];
  if (words.empty() || pipe2(data, O_CLOEXEC) != 0) return false;
  Fd read_end(data[0]), write_end(data[1]);
  if (pipe2(report, O_CLOEXEC) != 0) return false;
  Fd report_read(report[0]), report_write(report[1]);
  child_ = fork();
  if (child_ < 0) return false;
  if (child_ == 0) {
    dup2(read_end.get(), 0);
    stop::reset_for_child();
    environ = environment.data();
    execvp(arguments[0], arguments.data());
    const int reason = errno;
    const ssize_t written = write(report_write.get(), &reason, sizeof reason);
    _exit(written < 0 ? 126 : 127);
  }
  report_write.reset();
  int reason = 0;
  if (read(report_read.get(), &reason, sizeof reason) > 0) {  // exec failed
    waitpid(child_, nullptr, 0);
    child_ = -1;
    if (command != kDefault) log::warning("%s: %s", words[0].c_str(), strerror(reason));
    return false;
  }
  input_ = std::move(write_end);
  return true;
}

void Pager::finish() {
  input_.reset();
  while (child_ > 0 && waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
  child_ = -1;
}

}  // namespace alco::output
