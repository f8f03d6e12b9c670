#pragma once
// The time of the last line of a text file: with lines that lack a year, it tells the year of those before.
#include <string>

#include "lib/timestamp.h"

namespace alco {

// The last time found in the last 64 KiB of the file, or `written` if there is none or it is later than that.
Nanoseconds last_time(int fd, const std::string& name, Nanoseconds written);

}  // namespace alco
