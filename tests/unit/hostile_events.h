#pragma once
// Events that a store may stumble over, the same ones for the same seed: fields of changing type, missing, nested and
// doubled; texts made of few templates with numbers, ids and addresses in them; Unicode, control characters, huge
// strings; times that are equal, go back, or lie far away.
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "lib/event.h"

class HostileEvents {
 public:
  explicit HostileEvents(unsigned seed) : random_(seed) {}

  std::vector<std::string> lines(size_t count) {
    std::vector<std::string> result;
    for (size_t i = 0; i < count; ++i) result.push_back(line());
    return result;
  }

 private:
  using Words = std::vector<const char*>;

  size_t below(size_t n) { return random_() % n; }
  bool one_in(size_t n) { return below(n) == 0; }
  std::string pick(const Words& words) { return words[below(words.size())]; }
  std::string digits(size_t n) {
    std::string text;
    while (text.size() < n) text += static_cast<char>('0' + below(10));
    return text;
  }
  std::string hex(size_t n) {
    std::string text;
    while (text.size() < n) text += "0123456789abcdef"[below(16)];
    return text;
  }
  std::string uuid() { return hex(8) + "-" + hex(4) + "-" + hex(4) + "-" + hex(4) + "-" + hex(12); }
  std::string address() { return "10." + std::to_string(below(3)) + ".0." + std::to_string(below(256)); }

  std::string line() {
    const int64_t at = time();
    std::string out = "{\"@timestamp\":\"" + alco::to_rfc3339(at) + "\"";
    if (!one_in(20)) out += ",\"message\":" + (one_in(40) ? scalar() : quoted(one_in(6) ? dated(at) + text() : text()));
    add(out, 2, "host", [&] { return quoted(pick({"web1", "web2", "WEB1", "db-01.example.net", "Ärger"})); });
    add(out, 2, "level", [&] { return quoted(pick({"INFO", "info", "WARNING", "ERROR", ""})); });
    add(out, 2, "status", [&] { return pick({"200", "200", "404", "500", "\"500\"", "500.0", "-1", "null"}); });
    add(out, 3, "ms", [&] { return std::to_string(below(5000)) + "." + digits(1 + below(3)); });
    add(out, 3, "seq", [&] { return std::to_string(sequence_ += below(3)); });
    add(out, 4, "mixed", [&] { return value(2); });
    add(out, 5, "request", [&] { return quoted(one_in(2) ? uuid() : hex(32)); });
    add(out, 5, "tags", [&] { return array(2); });
    add(out, 6, "http", [&] { return "{\"path\":" + quoted("/api/v" + digits(1)) + ",\"status\":" + scalar() + "}"; });
    add(out, 9, "http.path", [&] { return scalar(); });
    add(out, 9, "deep", [&] { return object(3); });
    add(out, 9, "dup", [&] { return scalar(); });
    add(out, 9, "dup", [&] { return scalar(); });
    add(out, 9, "Größe", [&] { return scalar(); });
    add(out, 20, "", [&] { return scalar(); });
    add(out, 20, "odd \\\"name\\\" \\u0001", [&] { return scalar(); });
    add(out, 30, "f" + digits(3), [&] { return value(1); });
    return out + "}";
  }

  template <class Make>
  void add(std::string& out, size_t rarity, const std::string& key, const Make& make) {
    if (one_in(rarity)) out += ",\"" + key + "\":" + make();
  }

  int64_t time() {
    switch (below(12)) {
      case 0:
        return now_ -= static_cast<int64_t>(below(3)) * alco::kSecond;
      case 1:
        return now_ += static_cast<int64_t>(below(1000));
      case 2:
        return now_ - static_cast<int64_t>(below(100)) * 3600 * alco::kSecond;
      case 3:
        return one_in(30) ? 0 : now_;
      case 4:
        return one_in(30) ? 4'102'444'800 * alco::kSecond : now_;
      case 5:
        return one_in(30) ? -1 : now_;
      case 6:
      case 7:
      case 8:
        return now_;
      default:
        return now_ += static_cast<int64_t>(below(60'000'000)) * 1000;
    }
  }

  // A writing of the time, its own one or another, as text logs have at their head.
  std::string dated(int64_t time) {
    const int64_t zone = (static_cast<int64_t>(below(105)) - 48) * 900 * alco::kSecond;
    const std::string local = alco::to_rfc3339(one_in(5) ? now_ : time + (one_in(2) ? 0 : zone));
    switch (below(6)) {
      case 0:
        return local + " ";
      case 1:
        return "[" + local.substr(0, 19) + "," + local.substr(20, 3) + "] ";
      case 2:
        return local.substr(11, 8) + (one_in(2) ? " " : ".");
      case 3:
        return local.substr(11, 2) + local.substr(14, 2) + local.substr(17, 2) + " ";
      case 4:
        return std::to_string(time / alco::kSecond) + "." + digits(3) + " ";
      default:
        return std::to_string(time / 1000) + " " + local.substr(11, 2) + "." + local.substr(14, 2) + "." +
               local.substr(17, 2) + "." + digits(6) + " ";
    }
  }

  std::string text() {
    switch (below(16)) {
      case 0:
        return "GET /api/v" + digits(1) + "/item/" + digits(1 + below(9)) + " " + pick({"200", "404", "500"}) + " in " +
               digits(2) + "ms";
      case 1:
        return "Retrying connect to server: " + pick({"web1", "db"}) + ":" + digits(4) + ". Already tried " +
               digits(1) + " time(s)";
      case 2:
        return "Connection from " + address() + " port " + digits(5) + " closed [preauth]";
      case 3:
        return "blk_" + digits(19) + " terminating 00" + digits(3) + " 0x" + hex(8);
      case 4:
        return "request " + uuid() + " done in -" + digits(2) + "." + digits(3) + "e-" + digits(1);
      case 5:
        return pick({"Ошибка соединения", "ОШИБКА", "ошибка: 12", "Straße GRÖẞE größe", "\u212aelvin kelvin KELVIN",
                     "ſtop Stop", "İstanbul ISTANBUL", "日本語のログ", "e\u0301 é", "😀 ok", "ΣΑΣ σας ς"});
      case 6:
        return pick(
            {"", " ", "\n", "a", "*", "\\", "\"", "'", "/", "%", "_", "(a OR b)", "NOT", "null", "0", "-", "5"});
      case 7:
        return "Traceback (most recent call last):\n  File \"/usr/lib/x.py\", line " + digits(2) +
               "\nValueError: " + pick({"bad", "Bad", "BAD"}) + " value\n";
      case 8:
        return std::string("nul \0 esc \x1b[31m del \x7f tab \t", 27) + digits(3);
      case 9:
        return "user=" + pick({"bob", "alice", "Bob"}) + " id=" + hex(32) + " ip=" + address();
      case 10:
        return one_in(20) ? std::string(below(100'000), 'x') + digits(3) : "x";
      case 11:
        return digits(1 + below(30));
      case 12:
        return pick({"error", "Error", "ERROR", "an error.", "terror", "error_code", "errors", "err"});
      case 13:
        return "\xEF\xBB\xBF" + pick({"bom", "\u2028line", "\u202eright"});
      default:
        return pick({"service started", "service stopped", "Service started", "cache hit", "cache miss"}) +
               (one_in(2) ? " " + digits(2) : "");
    }
  }

  std::string quoted(const std::string& text) {
    std::string out;
    alco::append_json_string(out, text);
    return out;
  }

  std::string scalar() {
    switch (below(10)) {
      case 0:
        return "null";
      case 1:
        return pick({"true", "false"});
      case 2:
        return pick({"0", "-1", "9223372036854775807", "-9223372036854775808", "18446744073709551615",
                     "18446744073709551616", "1e999", "-0", "0.1", "1e300", "5e-324", "3.14159265358979323846"});
      case 3:
      case 4:
        return std::to_string(below(1000));
      case 5:
        return std::to_string(below(100)) + "." + digits(2);
      case 6:
        return quoted(digits(1 + below(3)));
      case 7:
        return quoted(text());
      default:
        return quoted(pick({"web1", "Web1", "a", "", "true", "null", "1.50", "1e3", "x*y"}));
    }
  }

  std::string array(int depth) {
    std::string out = "[";
    for (size_t n = below(4); n > 0; --n)
      out += (out.size() > 1 ? "," : "") + (depth > 0 ? value(depth - 1) : scalar());
    return out + "]";
  }

  std::string object(int depth) {
    std::string out = "{";
    for (size_t n = below(3); n > 0; --n)
      out +=
          (out.size() > 1 ? ",\"" : "\"") + pick({"a", "b", "c.d"}) + "\":" + (depth > 0 ? value(depth - 1) : scalar());
    return out + "}";
  }

  std::string value(int depth) { return one_in(4) ? array(depth) : one_in(4) ? object(depth) : scalar(); }

  std::mt19937 random_;
  int64_t now_ = 1'795'000'000 * alco::kSecond;
  uint64_t sequence_ = 0;
};
