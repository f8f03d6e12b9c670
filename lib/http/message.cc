#include "lib/http/message.h"

#include "lib/event.h"

namespace alco::http {

const std::string* Request::param(std::string_view name) const {
  for (const auto& [key, value] : target.params)
    if (key == name) return &value;
  return nullptr;
}

std::string error_json(std::string_view sentence) {
  std::string body = "{\"error\":";
  append_json_string(body, sentence);
  body += "}\n";
  return body;
}

const std::vector<Header>& security_headers() {
  static const std::vector<Header> headers = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
       "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
  };
  return headers;
}

}  // namespace alco::http
