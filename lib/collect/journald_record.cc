#include "lib/collect/journald_record.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "lib/collect/text_date.h"

namespace alco {
namespace {

using Json = nlohmann::ordered_json;

bool is_byte(const Json& value) { return value.is_number_unsigned() && value.get<uint64_t>() < 256; }

// ["a", [104, 105]]: a field may come several times, and each value may be bytes.
void bytes_to_text(Json& value) {
  if (!value.is_array() || value.empty()) return;
  for (Json& part : value)
    if (part.is_array()) bytes_to_text(part);
  std::string text;
  for (const Json& part : value) {
    if (!is_byte(part)) return;
    text += static_cast<char>(part.get<uint64_t>());
  }
  value = text;
}

void add(Json& entry, const char* name, const char* from) {
  const auto found = entry.find(from);
  if (found != entry.end() && found->is_string() && !entry.contains(name)) entry[name] = *found;
}

}  // namespace

void to_journald_record(std::string& json) {
  Json entry = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!entry.is_object() || !entry.contains("__REALTIME_TIMESTAMP")) return;
  for (auto& [name, value] : entry.items()) bytes_to_text(value);
  add(entry, "host", "_HOSTNAME");
  add(entry, "program", "SYSLOG_IDENTIFIER");
  add(entry, "pid", "_PID");
  const auto priority = entry.find("PRIORITY");
  if (priority != entry.end() && priority->is_string() && !entry.contains("level")) {
    const auto& text = priority->get_ref<const std::string&>();
    if (text.size() == 1 && text[0] >= '0' && text[0] <= '7') entry["level"] = level_of_severity(text[0] - '0');
  }
  json = entry.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace alco
