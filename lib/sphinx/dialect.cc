#include "lib/sphinx/dialect.h"

#include <algorithm>

namespace alco::sphinx {

// Manticore's ends in commit@date.
Engine engine_of(std::string_view version) {
  return version.find('@') == version.npos ? Engine::sphinx : Engine::manticore;
}

std::string flush_table(Engine engine, const std::string& table) {
  return (engine == Engine::manticore ? "FLUSH TABLE " : "FLUSH RTINDEX ") + table;
}

std::string merge_table(Engine engine, const std::string& table) {
  return (engine == Engine::manticore ? "OPTIMIZE TABLE " : "OPTIMIZE INDEX ") + table;
}

bool is_full_text(std::string_view described_type) { return described_type == "field" || described_type == "text"; }

std::string lower_case(std::string name) {
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return name;
}

std::string section_word(Engine engine) { return engine == Engine::manticore ? "table" : "index"; }

Settings searchd_settings(Engine engine, const std::string& data_dir) {
  Settings settings = {{"listen", "127.0.0.1:9306:mysql41"},
                       {"log", data_dir + "/searchd.log"},
                       {"pid_file", data_dir + "/searchd.pid"},
                       {"binlog_path", data_dir},
                       {"binlog_flush", "2"},
                       {"binlog_max_log_size", "256M"},
                       {"rt_flush_period", "600"}};
  if (engine == Engine::manticore)
    settings.insert(settings.end(), {{"max_threads_per_query", "4"}, {"network_timeout", "30"}});
  else
    settings.insert(settings.end(), {{"workers", "threads"}, {"dist_threads", "4"}, {"read_timeout", "30"}});
  settings.insert(settings.end(), {{"seamless_rotate", "1"}, {"max_packet_size", "32M"}, {"client_timeout", "3600"}});
  return settings;
}

bool loses_rows(Engine engine, const std::string& binlog_flush) {
  return engine == Engine::sphinx && binlog_flush == "1";
}

std::string create_table(const std::string& table, const Settings& settings) {
  const auto has = [&](const char* kind, const std::string& name) {
    return std::find(settings.begin(), settings.end(), Settings::value_type(kind, name)) != settings.end();
  };
  std::string columns, options;
  for (const auto& [key, value] : settings) {
    std::string type;
    if (key == "rt_field" && !has("rt_attr_string", value)) type = "text indexed";
    if (key == "rt_attr_string") type = has("rt_field", value) ? "string attribute indexed" : "string";
    if (key == "rt_attr_json") type = "json";
    if (key == "rt_attr_bigint") type = "bigint";
    if (key == "rt_attr_uint") type = "uint";
    if (!type.empty()) columns += (columns.empty() ? "" : ", ") + value + " " + type;
    if (!key.starts_with("rt_field") && !key.starts_with("rt_attr_") && key != "type" && key != "path" && key != "dict")
      options += " " + key + "='" + value + "'";
  }
  return "CREATE TABLE IF NOT EXISTS " + table + " (" + columns + ")" + options;
}

std::string create_distributed(const std::string& table, const Settings& settings) {
  std::string text = "CREATE TABLE " + table;
  for (const auto& [key, value] : settings) text += " " + key + "='" + value + "'";
  return text;
}

std::string drop_table(const std::string& table) { return "DROP TABLE IF EXISTS " + table; }

}  // namespace alco::sphinx
