#pragma once
// Smart case: what a pattern means by itself.
#include "lib/query/parse.h"

namespace alco::query {

bool smart_ignores_case(const Pattern& pattern);  // by its kind and text
void set_case(Pattern& pattern, Case letter_case);

}  // namespace alco::query
