#include "lib/http/url.h"

#include "lib/utf8.h"

namespace alco::http {
namespace {

enum class Plus { plus, space };

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> decode(std::string_view text, Plus plus) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '+' && plus == Plus::space) c = ' ';
    if (c == '%') {
      if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return std::nullopt;
      c = static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  if (!utf8::valid(out)) return std::nullopt;
  return out;
}

bool parse_path(std::string_view path, Target& target) {
  path.remove_prefix(1);  // the slash that it begins with
  while (!path.empty()) {
    const size_t slash = path.find('/');
    auto segment = decode(path.substr(0, slash), Plus::plus);
    if (!segment || segment->empty() || *segment == "." || *segment == "..") return false;
    target.segments.push_back(std::move(*segment));
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  target.folder = true;
  return true;
}

bool parse_params(std::string_view query, Target& target) {
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view part = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (part.empty()) continue;
    const size_t equals = part.find('=');
    auto name = decode(part.substr(0, equals), Plus::space);
    auto value = decode(equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), Plus::space);
    if (!name || !value) return false;
    target.params.emplace_back(std::move(*name), std::move(*value));
  }
  return true;
}

}  // namespace

std::optional<Target> parse_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return std::nullopt;
  const size_t question = target.find('?');
  Target parsed;
  if (!parse_path(target.substr(0, question), parsed)) return std::nullopt;
  if (question != std::string_view::npos && !parse_params(target.substr(question + 1), parsed)) return std::nullopt;
  return parsed;
}

std::string percent_encode(std::string_view text) {
  static const char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[c & 15];
  }
  return out;
}

}  // namespace alco::http
