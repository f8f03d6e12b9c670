#include "lib/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>

#include "lib/printable.h"

namespace alco::log {
namespace {

using Clock = std::chrono::steady_clock;

struct Held {
  Clock::time_point last_shown;
  uint64_t count = 0;
  std::string text;  // the newest one held back
};

std::string_view tool = "alco";
std::mutex held_mutex;
std::map<std::string, Held, std::less<>> held;

bool stderr_is_journal() {
  const char* stream = getenv("JOURNAL_STREAM");
  if (!stream) return false;
  struct stat st;
  if (fstat(STDERR_FILENO, &st) != 0) return false;
  char own[64];
  snprintf(own, sizeof own, "%ju:%ju", static_cast<uintmax_t>(st.st_dev), static_cast<uintmax_t>(st.st_ino));
  return std::string_view(own) == stream;
}

std::string format_message(const char* format, va_list args) {
  va_list copy;
  va_copy(copy, args);
  int length = vsnprintf(nullptr, 0, format, copy);
  va_end(copy);
  std::string text(length > 0 ? static_cast<size_t>(length) : 0, '\0');
  if (length > 0) vsnprintf(text.data(), text.size() + 1, format, args);
  return text;
}

void write_line(int priority, const char* word, const std::string& message) {
  static const bool journal = stderr_is_journal();
  std::string line = journal ? "<" + std::to_string(priority) + ">" : std::string(tool) + ": " + word;
  append_printable(line, message);
  line += '\n';
  // Nobody is left to tell if stderr is gone.
  [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace

void set_tool(std::string_view name) { tool = name; }

#define ALCO_LOG_BODY(priority, word)                       \
  va_list args;                                             \
  va_start(args, format);                                   \
  write_line(priority, word, format_message(format, args)); \
  va_end(args)

void error(const char* format, ...) { ALCO_LOG_BODY(3, ""); }
void warning(const char* format, ...) { ALCO_LOG_BODY(4, "warning: "); }
void notice(const char* format, ...) { ALCO_LOG_BODY(5, ""); }

void warning_limited(std::string_view key, const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::string text = format_message(format, args);
  va_end(args);
  std::lock_guard lock(held_mutex);
  auto [it, first] = held.try_emplace(std::string(key));
  Held& entry = it->second;
  const auto now = Clock::now();
  if (!first && now - entry.last_shown < std::chrono::minutes(1)) {
    ++entry.count;
    entry.text = std::move(text);
    return;
  }
  if (entry.count > 0) text += " (and " + std::to_string(entry.count) + " more like it)";
  entry.count = 0;
  entry.last_shown = now;
  write_line(4, "warning: ", text);
}

void flush_limited() {
  std::lock_guard lock(held_mutex);
  for (auto& [key, entry] : held) {
    if (entry.count > 0)
      write_line(4, "warning: ", entry.text + " (and " + std::to_string(entry.count - 1) + " more like it)");
    entry.count = 0;
  }
}

}  // namespace alco::log
