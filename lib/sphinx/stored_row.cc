#include "lib/sphinx/stored_row.h"

#include "lib/sphinx/row.h"
#include "lib/utf8.h"

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

// `text`, or a copy with U+FFFD for what is not UTF-8.
std::string_view valid_text(std::string_view text, std::string& buffer) {
  if (utf8::valid(text)) return text;
  buffer.clear();
  utf8::append_repaired(buffer, text);
  return buffer;
}

}  // namespace

const Event& RowParser::parse(const StoredRow& row, bool members, bool& damaged) {
  if (!row.raw.empty()) {
    if (const auto json = unpack_raw(row.raw, buffer_)) {
      const Event& event = parser_.parse(*json, row.at.time);
      if (parser_.was_json()) return event;
    }
    damaged = true;
  }
  const std::string_view message = valid_text(row.message, message_);
  if (!members) {
    plain_.time = row.at.time;
    plain_.message = message;
    return plain_;
  }
  text_ = "{\"@timestamp\":\"";
  append_rfc3339(text_, row.at.time);
  text_ += "\",\"message\":";
  append_json_string(text_, message);
  const size_t head = text_.size();
  if (row.js.size() > 2) {
    text_ += ',';
    append_without_escaped_slash(text_, row.js.substr(1));
  } else {
    text_ += '}';
  }
  const Event& event = parser_.parse(text_, row.at.time);
  if (parser_.was_json()) return event;
  // What searchd gives is not always JSON: shown as the text that it is.
  text_.resize(head);
  text_ += ",\"js\":";
  append_json_string(text_, valid_text(row.js, buffer_));
  text_ += R"(,"tags":["_jsonparsefailure"]})";
  return parser_.parse(text_, row.at.time);
}

}  // namespace alco::sphinx
