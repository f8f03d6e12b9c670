#include "lib/http/cursor.h"

#include <charconv>

namespace alco::http {
namespace {

template <class Integer>
bool read_whole(std::string_view text, Integer& value) {
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  return failed == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string to_text(const Cursor& cursor) {
  return std::to_string(cursor.at.time) + "." + std::to_string(cursor.at.id) + (cursor.before ? ".b" : "");
}

std::optional<Cursor> parse_cursor(std::string_view text) {
  Cursor cursor;
  if (text.ends_with(".b")) {
    cursor.before = true;
    text.remove_suffix(2);
  }
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos || !read_whole(text.substr(0, dot), cursor.at.time) ||
      !read_whole(text.substr(dot + 1), cursor.at.id))
    return std::nullopt;
  return cursor;
}

std::optional<uint64_t> parse_id(std::string_view text) {
  uint64_t id = 0;
  if (!read_whole(text, id) || id == 0 || id > INT64_MAX) return std::nullopt;
  return id;
}

}  // namespace alco::http
