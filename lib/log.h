#pragma once
// Talk on stderr: one event, one line, one write(2).
//
//   alco-index: warning: stdin:812: not a JSON object
//
// When $JOURNAL_STREAM names stderr, the line starts with <3>, <4>, <5> or <7>
// instead of the tool's name and the word. Control characters are escaped, so
// that text from a log can be quoted.
#include <string_view>

namespace alco::log {

void set_tool(std::string_view name);  // call once, first thing in main; the view must outlive the program

[[gnu::format(printf, 1, 2)]] void error(const char* format, ...);
[[gnu::format(printf, 1, 2)]] void warning(const char* format, ...);
[[gnu::format(printf, 1, 2)]] void notice(const char* format, ...);  // worth a line in normal work: started, resumed

// A warning that may come a million times: shows the first of each `key`, then
// one line a minute with the number that was held back.
[[gnu::format(printf, 2, 3)]] void warning_limited(std::string_view key, const char* format, ...);
void flush_limited();  // prints what was held back; run_tool() calls it at the end

}  // namespace alco::log
