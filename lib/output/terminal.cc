#include "lib/output/terminal.h"

#include <sys/ioctl.h>

#include <cstdlib>

namespace alco::output {

ScreenSize screen_size(int fd) {
  winsize size = {};
  if (ioctl(fd, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_col, size.ws_row};
}

std::optional<ColourChoice> colour_named(std::string_view name) {
  if (name == "auto") return ColourChoice::automatic;
  if (name == "always") return ColourChoice::always;
  if (name == "never") return ColourChoice::never;
  return std::nullopt;
}

bool wants_colour(ColourChoice choice, bool terminal) {
  if (choice != ColourChoice::automatic) return choice == ColourChoice::always;
  const char* no_colour = getenv("NO_COLOR");
  const char* kind = getenv("TERM");
  return terminal && !(no_colour && *no_colour) && !(kind && std::string_view(kind) == "dumb");
}

}  // namespace alco::output
