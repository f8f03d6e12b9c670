// Fuzz target: lines of any bytes through the time scanner and the joining of events. Nothing may be lost.
#include <cstdlib>
#include <cstring>
#include <string>

#include "lib/collect/line_records.h"
#include "lib/utf8.h"

using namespace alco;

namespace {

void require(bool condition) {
  if (!condition) abort();
}

std::string all_lines(std::string_view input, TextEvents& text) {
  std::string given;
  const auto take = [&] {
    while (const Event* event = text.next()) {
      given += *event->message;
      given += '\n';
      std::string json;
      append_json(json, *event);
      require(utf8::valid(json) && json.find('\n') == json.npos);
    }
  };
  while (!input.empty()) {
    const size_t newline = input.find('\n');
    text.add(input.substr(0, newline), 1'795'334'400 * kSecond);
    take();
    if (newline == input.npos) break;
    input.remove_prefix(newline + 1);
  }
  text.finish();
  take();
  return given;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  TextOptions options;
  options.written = 1'795'334'400 * kSecond;
  if (data[0] % 2) options.multiline.mode = Multiline::Mode::off;
  options.max_event = 1000;
  TextEvents text(options);
  std::string input(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string given = all_lines(input, text);
  if (!input.empty() && input.back() != '\n') input += '\n';
  std::string expected;
  utf8::append_repaired(expected, input);
  require(given == expected);
  return 0;
}
