#include "lib/check/findings.h"

#include <unistd.h>

#include "lib/error.h"
#include "lib/printable.h"

namespace alco::check {

Findings::Findings() : out_(STDOUT_FILENO, "stdout") {}

void Findings::ok(const std::string& what) { line("ok: ", what); }

void Findings::note(const std::string& what) { line("note: ", what); }

void Findings::error(int code, const std::string& what) {
  if (status_ == 0) status_ = code;
  line("error: ", what);
}

void Findings::look(const std::function<void()>& look) {
  try {
    look();
  } catch (const Error& trouble) {
    if (trouble.code() == kExitReaderGone) throw;
    error(trouble.code(), trouble.what());
  }
}

int Findings::finish() {
  out_.flush();
  return status_;
}

// Each line goes out at once: the next look may take seconds.
void Findings::line(const char* kind, const std::string& what) {
  std::string text = kind;
  append_printable(text, what);
  out_.put(text);
  out_.flush();
}

}  // namespace alco::check
