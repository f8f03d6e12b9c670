#pragma once
// One JSON object of the configuration, read key by key, for lib/config.cc. A value of the wrong type, one out of range
// and a key that nobody asked for throw Error(EX_CONFIG) with the file and the key's path. A key that is not there
// leaves the value as it is.
#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "lib/config_file.h"

namespace alco {

using Json = nlohmann::ordered_json;

class ConfigSection {
 public:
  ConfigSection(const Json& object, std::string path, const std::string& file)
      : object_(object), path_(std::move(path)), file_(file) {
    if (!object.is_object()) refuse_config(path_.empty() ? file_ : file_ + ": " + path_, "must be an object {…}");
  }

  void read(const char* key, std::string& value) {
    if (const Json* json = find(key)) value = text(*json, key);
  }

  void read(const char* key, bool& value) {
    const Json* json = find(key);
    if (!json) return;
    if (!json->is_boolean()) bad(key, "must be true or false");
    value = json->get<bool>();
  }

  template <class Number>
  void read(const char* key, Number& value, Number least, Number most) {
    if (const Json* json = find(key)) value = number(*json, key, least, most);
  }

  template <class Number>
  void read(const char* key, std::optional<Number>& value, Number least, Number most) {
    const Json* json = find(key);
    if (json && json->is_null()) value.reset();
    if (json && !json->is_null()) value = number(*json, key, least, most);
  }

  void read(const char* key, std::vector<std::string>& value) {
    const Json* json = find(key);
    if (!json) return;
    if (!json->is_array()) bad(key, "must be an array of strings [\"…\"]");
    value.clear();
    for (const Json& item : *json) value.push_back(text(item, key));
  }

  // Settings handed on to another program: strings, whole numbers and booleans.
  void read(const char* key, std::map<std::string, std::string>& value) {
    each(key, [&](const std::string& name, const Json& item) {
      if (item.is_string())
        value[name] = text(item, std::string(key) + "." + name);
      else if (item.is_boolean())
        value[name] = item.get<bool>() ? "1" : "0";
      else if (item.is_number_integer())
        value[name] = item.dump();
      else
        bad(std::string(key) + "." + name, "must be a string, a whole number, true or false");
    });
  }

  template <class Visit>
  void section(const char* key, Visit visit) {
    if (const Json* json = find(key)) {
      ConfigSection inner(*json, name_of(key), file_);
      visit(inner);
      inner.done();
    }
  }

  // Calls visit(name, ConfigSection) for each member of the object `key`, in the order of the file.
  template <class Visit>
  void sections(const char* key, Visit visit) {
    each(key, [&](const std::string& name, const Json& item) {
      ConfigSection inner(item, name_of(std::string(key) + "." + name), file_);
      visit(name, inner);
      inner.done();
    });
  }

  [[noreturn]] void bad(const std::string& key, const std::string& reason) const {
    refuse_config(file_ + ": " + name_of(key), reason);
  }

  void done() const {
    for (const auto& [key, value] : object_.items())
      if (!known_.contains(key)) bad(key, "unknown key");
  }

 private:
  const Json* find(const char* key) {
    known_.insert(key);
    const auto it = object_.find(key);
    return it == object_.end() ? nullptr : &*it;
  }

  template <class Visit>
  void each(const char* key, Visit visit) {
    const Json* json = find(key);
    if (!json) return;
    if (!json->is_object()) bad(key, "must be an object {…}");
    for (const auto& [name, item] : json->items()) {
      if (name.empty()) bad(key, "has a member without a name");
      visit(name, item);
    }
  }

  std::string text(const Json& json, const std::string& key) const {
    if (!json.is_string()) bad(key, "must be a string \"…\"");
    const auto& value = json.get_ref<const std::string&>();
    if (value.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos) bad(key, "holds a line break or NUL");
    return value;
  }

  template <class Number>
  Number number(const Json& json, const std::string& key, Number least, Number most) const {
    const std::string wanted = "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    if (!json.is_number_integer()) bad(key, wanted);
    if (!json.is_number_unsigned()) bad(key, wanted);  // negative
    const auto value = json.get<uint64_t>();
    if (value < static_cast<uint64_t>(least) || value > static_cast<uint64_t>(most)) bad(key, wanted);
    return static_cast<Number>(value);
  }

  std::string name_of(const std::string& key) const { return path_.empty() ? key : path_ + "." + key; }

  const Json& object_;
  std::string path_;
  const std::string& file_;
  std::set<std::string> known_;
};

}  // namespace alco
