#include <httplib.h>

#include <nlohmann/json.hpp>

#include "lib/delivery/amqp_topology.h"
#include "lib/error.h"

namespace alco {
namespace {

constexpr size_t kMaxAnswer = size_t{8} << 20;

std::string percent_encoded(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const unsigned char c : text) {
    if (isalnum(c) || c == '-' || c == '_' || c == '.') {
      out += static_cast<char>(c);
    } else {
      out += '%';
      out += kHex[c >> 4];
      out += kHex[c & 15];
    }
  }
  return out;
}

}  // namespace

std::vector<std::string> management_bindings(const AmqpSettings& settings, const AmqpUrl& url) {
  // user:password@ may stand in the URL; else those of the broker are used.
  std::string base = settings.management, user = url.user, password = url.password;
  const size_t scheme = base.find("://"), at = base.rfind('@');
  if (scheme != std::string::npos && at != std::string::npos && at > scheme) {
    const std::string login = base.substr(scheme + 3, at - scheme - 3);
    const size_t colon = login.find(':');
    user = login.substr(0, colon);
    password = colon == std::string::npos ? "" : login.substr(colon + 1);
    base.erase(scheme + 3, at - scheme - 2);
  }
  while (base.ends_with('/')) base.pop_back();
  httplib::Client client(base);
  if (!client.is_valid()) throw Error(EX_CONFIG, "rabbitmq.management: not a URL like http://127.0.0.1:15672");
  client.set_basic_auth(user, password);
  client.set_connection_timeout(5);
  client.set_read_timeout(5);
  const std::string path = "/api/bindings/" + percent_encoded(url.vhost) + "/e/" + percent_encoded(settings.exchange) +
                           "/q/" + percent_encoded(settings.queue);
  std::string body;
  const auto result = client.Get(path, [&](const char* data, size_t size) {
    body.append(data, size);
    return body.size() <= kMaxAnswer;
  });
  if (!result) throw Error(EX_UNAVAILABLE, base + ": " + httplib::to_string(result.error()));
  if (result->status != 200) throw Error(EX_UNAVAILABLE, base + ": HTTP status " + std::to_string(result->status));
  const auto list = nlohmann::json::parse(body, nullptr, false);
  if (!list.is_array()) throw Error(EX_UNAVAILABLE, base + ": the answer is no list of bindings");
  std::vector<std::string> keys;
  for (const auto& binding : list) {
    const auto key = binding.find("routing_key");
    if (key != binding.end() && key->is_string()) keys.push_back(key->get<std::string>());
  }
  return keys;
}

}  // namespace alco
