#pragma once
// Writes JSON by appending, commas included. Misuse (a value without a key) is not checked.
#include <cstdint>
#include <string>
#include <string_view>

#include "lib/event.h"

namespace alco::http {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name) {
    separate();
    append_json_string(out_, name);
    out_ += ':';
    first_ = true;
    return *this;
  }
  JsonWriter& raw_key(std::string_view quoted) {  // as JSON text
    raw(quoted);
    out_ += ':';
    first_ = true;
    return *this;
  }
  JsonWriter& string(std::string_view text) {
    separate();
    append_json_string(out_, text);
    return *this;
  }
  JsonWriter& number(int64_t value) { return raw(std::to_string(value)); }
  JsonWriter& number(uint64_t value) { return raw(std::to_string(value)); }
  JsonWriter& real(double value) {
    separate();
    append_json_real(out_, value);
    return *this;
  }
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  JsonWriter& raw(std::string_view json) {  // a whole value
    separate();
    out_ += json;
    return *this;
  }
  template <class Strings>
  JsonWriter& strings(const Strings& values) {
    begin_array();
    for (const auto& value : values) string(value);
    return end_array();
  }

 private:
  JsonWriter& open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
    return *this;
  }
  JsonWriter& close(char bracket) {
    out_ += bracket;
    first_ = false;
    return *this;
  }
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace alco::http
