#pragma once
// The text of a field, as query.h defines it.
#include <functional>
#include <string>
#include <string_view>

#include "lib/event.h"

namespace alco::query {

// Calls visit for each text of a leaf until it returns true, and returns whether it did: one text of a string,
// number, boolean or null; of an array one for each element, those of arrays in it in turn; an object
// in an array is one element, its text is its JSON. `scratch` holds text that is made here.
bool any_text(const Member& leaf, std::string& scratch, const std::function<bool(std::string_view)>& visit);

// As any_text, and of an array also its JSON text: what a literal may equal.
bool any_whole_text(const Member& leaf, std::string& scratch, const std::function<bool(std::string_view)>& visit);

// As any_text, for the JSON text of an array.
bool any_element(std::string_view array, std::string& scratch,
                 const std::function<bool(Type, std::string_view)>& visit);

// The text of a leaf as a column: as above, of an array its JSON text.
std::string_view column_text(const Member& leaf, std::string& scratch);

}  // namespace alco::query
