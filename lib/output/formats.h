#pragma once
// The formats that have a file of their own; make_format() chooses.
#include "lib/output/format.h"

namespace alco::output {

std::unique_ptr<Format> make_text_format(const FormatOptions& options);
std::unique_ptr<Format> make_table_format(const FormatOptions& options);

}  // namespace alco::output
