#include "lib/output/level.h"

#include <algorithm>
#include <string>

namespace alco::output {
namespace {

bool one_of(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

bool is_level_name(std::string_view field) {
  return one_of(field, {"level", "levelname", "severity", "loglevel", "log.level", "lvl", "PRIORITY"});
}

Style style_of_level(std::string_view value) {
  std::string name(value);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  if (one_of(name, {"error", "err", "critical", "crit", "fatal", "alert", "emerg", "emergency", "panic", "severe", "0",
                    "1", "2", "3"}))
    return Style::error;
  if (one_of(name, {"warning", "warn", "4"})) return Style::warning;
  if (one_of(name, {"debug", "trace", "verbose", "fine", "finer", "finest", "7"})) return Style::faint;
  return Style::info;
}

bool is_traceback_name(std::string_view field) {
  return one_of(field, {"exc_info", "exc_text", "traceback", "stack_trace", "stack_info", "stacktrace",
                        "error.stack_trace", "exception.stacktrace"});
}

}  // namespace alco::output
