#pragma once
// Fields that tell how bad an event is, and what their values look like.
#include <string_view>

#include "lib/output/styled_text.h"

namespace alco::output {

bool is_level_name(std::string_view field);    // level, levelname, severity …
Style style_of_level(std::string_view value);  // by name in any letter case, or syslog's number

// Fields whose text is long and belongs below its line if nothing is configured: exc_info, stack_trace …
bool is_traceback_name(std::string_view field);

}  // namespace alco::output
