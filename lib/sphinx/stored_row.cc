#include "lib/sphinx/stored_row.h"

#include "lib/sphinx/row.h"

namespace alco::sphinx {
namespace {

// searchd writes '/' as "\/", and so changes the text of arrays.
void append_without_escaped_slash(std::string& out, std::string_view json) {
  for (size_t at = 0;;) {
    const size_t backslash = json.find('\\', at);
    out.append(json.substr(at, backslash - at));
    if (backslash == json.npos || backslash + 1 == json.size()) return;
    if (json[backslash + 1] != '/') out += '\\';
    out += json[backslash + 1];
    at = backslash + 2;
  }
}

}  // namespace

const Event& RowParser::parse(const StoredRow& row, bool members, bool& damaged) {
  if (!row.raw.empty()) {
    if (const auto json = unpack_raw(row.raw, buffer_)) return parser_.parse(*json, row.at.time);
    damaged = true;
  }
  if (!members) {
    plain_.time = row.at.time;
    plain_.message = row.message;
    return plain_;
  }
  text_ = "{\"@timestamp\":\"";
  append_rfc3339(text_, row.at.time);
  text_ += "\",\"message\":";
  append_json_string(text_, row.message);
  if (row.js.size() > 2) {
    text_ += ',';
    append_without_escaped_slash(text_, row.js.substr(1));
  } else {
    text_ += '}';
  }
  return parser_.parse(text_, row.at.time);
}

}  // namespace alco::sphinx
