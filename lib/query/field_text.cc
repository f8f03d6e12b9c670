#include "lib/query/field_text.h"

#include <charconv>
#include <cstring>

#include "lib/json_value.h"

namespace alco::query {
namespace {

std::string_view text_of_integer(std::string& scratch, auto value) {
  scratch.resize(24);
  scratch.resize(static_cast<size_t>(std::to_chars(scratch.data(), scratch.data() + 24, value).ptr - scratch.data()));
  return scratch;
}

// The end of the string that begins at `at` in valid JSON: behind its closing quote.
size_t string_end(std::string_view json_text, size_t at) {
  for (++at; json_text[at] != '"'; ++at)
    if (json_text[at] == '\\') ++at;
  return at + 1;
}

size_t object_end(std::string_view json_text, size_t at) {
  int open = 0;
  for (;;) {
    switch (json_text[at]) {
      case '"':
        at = string_end(json_text, at);
        continue;
      case '{':
      case '[':
        ++open;
        break;
      case '}':
      case ']':
        if (--open == 0) return at + 1;
        break;
      default:
        break;
    }
    ++at;
  }
}

}  // namespace

bool any_element(std::string_view array, std::string& scratch,
                 const std::function<bool(Type, std::string_view)>& visit) {
  for (size_t at = 0; at < array.size();) {
    const size_t begin = at;
    switch (array[at]) {
      case '[':
      case ']':
      case ',':
        ++at;
        continue;
      case '{':
        at = object_end(array, at);
        if (visit(Type::object_begin, array.substr(begin, at - begin))) return true;
        continue;
      case '"': {
        at = string_end(array, at);
        const std::string_view inside = array.substr(begin + 1, at - begin - 2);
        scratch.resize(inside.size());
        const char* const end = json::unescape(inside, scratch.data());
        scratch.resize(static_cast<size_t>(end - scratch.data()));
        if (visit(Type::string, scratch)) return true;
        continue;
      }
      default:
        break;
    }
    while (at < array.size() && array[at] != ',' && array[at] != ']') ++at;
    const std::string_view text = array.substr(begin, at - begin);
    if (text == "null" || text == "true" || text == "false") {
      if (visit(text == "null" ? Type::null : Type::boolean, text)) return true;
      continue;
    }
    Member number{};
    if (!json::read_number(text, number)) continue;
    if (visit(number.type, number.type == Type::raw ? text : column_text(number, scratch))) return true;
  }
  return false;
}

std::string_view column_text(const Member& leaf, std::string& scratch) {
  switch (leaf.type) {
    case Type::null:
      return "null";
    case Type::boolean:
      return leaf.boolean ? "true" : "false";
    case Type::integer:
      return text_of_integer(scratch, leaf.integer);
    case Type::big_unsigned:
      return text_of_integer(scratch, leaf.big_unsigned);
    case Type::real:
      scratch.clear();
      append_json_real(scratch, leaf.real);
      return scratch;
    case Type::string:
    case Type::raw:
      return leaf.text;
    case Type::absent:
    case Type::object_begin:
    case Type::object_end:
      break;
  }
  return {};
}

bool any_text(const Member& leaf, std::string& scratch, const std::function<bool(std::string_view)>& visit) {
  if (leaf.type != Type::raw || !leaf.text.starts_with('[')) return visit(column_text(leaf, scratch));
  return any_element(leaf.text, scratch, [&](Type, std::string_view text) { return visit(text); });
}

bool any_whole_text(const Member& leaf, std::string& scratch, const std::function<bool(std::string_view)>& visit) {
  return any_text(leaf, scratch, visit) || (leaf.type == Type::raw && visit(leaf.text));
}

}  // namespace alco::query
