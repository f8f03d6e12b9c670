#pragma once
// What the descriptors of a tool are, and what its user wants to see there.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace alco::output {

struct ScreenSize {
  size_t columns = 0, rows = 0;  // 0: not known
};
ScreenSize screen_size(int fd);

enum class ColourChoice { automatic, always, never };
std::optional<ColourChoice> colour_named(std::string_view name);
// Automatic: on a terminal that is not "dumb", unless $NO_COLOR is set and not empty.
bool wants_colour(ColourChoice choice, bool terminal);

}  // namespace alco::output
