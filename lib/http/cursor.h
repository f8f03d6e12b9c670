#pragma once
// A place in the order of an index as text: "<time>.<id>", with ".b" at its end for the page that lies before it.
#include <optional>
#include <string>
#include <string_view>

#include "lib/store/store.h"

namespace alco::http {

struct Cursor {
  Position at;
  bool before = false;  // the page ends at `at`; false: it begins behind it
};

std::string to_text(const Cursor& cursor);
std::optional<Cursor> parse_cursor(std::string_view text);

std::optional<uint64_t> parse_id(std::string_view text);  // 1 to 2^63-1, digits only

}  // namespace alco::http
