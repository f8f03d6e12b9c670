#pragma once
// An event between the JSON text and the store: a time, a message, and the
// other members flattened in document order. See DESIGN in doc/architecture.md.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/timestamp.h"

namespace alco {

enum class Type : uint8_t {
  absent,  // only in answers: the event has no such member
  null,
  boolean,
  integer,       // fits int64_t
  big_unsigned,  // above INT64_MAX, fits uint64_t
  real,          // any other number that a double holds by value
  string,
  raw,  // an array, or a number that no type above holds exactly: JSON text, minified
  object_begin,
  object_end,  // has no key
};

struct Member {
  Type type;
  std::string_view key;   // UTF-8, unescaped; as in the innermost object, not the dotted path
  std::string_view text;  // string: unescaped UTF-8; raw: JSON text
  union {
    bool boolean;
    int64_t integer;
    uint64_t big_unsigned;
    double real;
  };
};

// All views are valid until the next call of the parser that made the event.
struct Event {
  Nanoseconds time = 0;
  std::optional<std::string_view> message;  // nullopt: none, or one that is no string (then it is a member)
  std::vector<Member> members;              // all but @timestamp, message (if a string), @version and @alco

  // From "@alco" on the pipe; empty if there is none.
  std::string_view position;  // "<epoch hex>:<seq>"
  std::string_view id;        // 32 hex digits
};

// Appends the event as one JSON object without '\n': "@timestamp" first, "message" second, then the members
// in their order. Numbers keep type and value; strings are escaped minimally: \n \r \t, other C0 and DEL as \u00nn.
void append_json(std::string& out, const Event& event);
void append_json_value(std::string& out, const Member& member);    // of one leaf, as JSON
void append_json_string(std::string& out, std::string_view text);  // with the quotes
void append_json_real(std::string& out, double value);  // shortest form that reads back equal, always with . or e

// Calls visit(dotted path, member) for every leaf (no object_begin/end).
template <class Visit>
void for_each_leaf(const Event& event, Visit visit) {
  std::string path;
  std::vector<size_t> open;
  for (const Member& member : event.members) {
    if (member.type == Type::object_end) {
      path.resize(open.back());
      open.pop_back();
      continue;
    }
    const size_t size = path.size();
    if (!path.empty()) path += '.';
    path += member.key;
    if (member.type == Type::object_begin) {
      open.push_back(size);
      continue;
    }
    visit(std::string_view(path), member);
    path.resize(size);
  }
}

}  // namespace alco
