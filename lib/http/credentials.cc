#include "lib/http/credentials.h"

#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "lib/error.h"
#include "lib/http/password.h"
#include "lib/log.h"
#include "lib/stop.h"

namespace alco::http {
namespace {

constexpr size_t kShortest = 8;

// Turns the terminal's echo off as long as it lives.
class Unseen {
 public:
  Unseen() : tty_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!tty_) return;
    termios now = before_;
    now.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &now);
  }
  ~Unseen() {
    if (tty_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Unseen(const Unseen&) = delete;
  Unseen& operator=(const Unseen&) = delete;

 private:
  termios before_;
  bool tty_;
};

std::string ask(const char* prompt) {
  const bool tty = isatty(STDIN_FILENO);
  if (tty) fprintf(stderr, "%s", prompt);
  std::string line;
  for (char byte = 0;; line += byte) {
    while (!stop::wait_readable(STDIN_FILENO, std::chrono::milliseconds(-1)))
      if (stop::requested()) throw Error(EX_NOINPUT, "no password was given");
    if (read(STDIN_FILENO, &byte, 1) != 1 || byte == '\n') break;
  }
  if (tty) fprintf(stderr, "\n");
  return line;
}

void check_name(const std::string& name) {
  for (const char c : name)
    if (c == ':' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f)
      throw Error(EX_USAGE, "'" + name + "': a name has no blank, colon or control character");
  if (name.empty() || name[0] == '#') throw Error(EX_USAGE, "'" + name + "' is no name");
}

void print(const std::string& line) {
  printf("%s\n", line.c_str());
  if (fflush(stdout) != 0) throw system_error("stdout", "write", errno);
}

}  // namespace

int print_password_line(const std::string& name) {
  check_name(name);
  std::string password;
  {
    const Unseen unseen;
    password = ask("Password: ");
    if (isatty(STDIN_FILENO) && ask("Again: ") != password) throw Error(EX_USAGE, "the two passwords differ");
  }
  if (password.size() < kShortest)
    throw Error(EX_USAGE, "the password has less than " + std::to_string(kShortest) + " characters");
  print(name + ":" + hash_password(password));
  return 0;
}

int print_token_line(const std::string& name) {
  check_name(name);
  const std::string token = random_token();
  fprintf(stderr, "The token, shown this once: %s\n", token.c_str());
  print(name + " " + sha256_hex(token));
  return 0;
}

}  // namespace alco::http
