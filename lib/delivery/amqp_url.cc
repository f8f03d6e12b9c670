#include <amqp.h>

#include <algorithm>
#include <charconv>

#include "lib/delivery/amqp_connection.h"
#include "lib/error.h"

namespace alco {
namespace {

[[noreturn]] void refuse(const std::string& what) { throw Error(EX_CONFIG, "rabbitmq.url: " + what); }

void set_option(AmqpUrl& parsed, std::string_view name, const std::string& value) {
  if (name == "heartbeat") {
    const auto [end, failed] = std::from_chars(value.data(), value.data() + value.size(), parsed.heartbeat);
    if (failed != std::errc() || end != value.data() + value.size() || parsed.heartbeat < 1 || parsed.heartbeat > 3600)
      refuse("heartbeat: not a number of seconds from 1 to 3600");
  } else if (name == "cacertfile") {
    parsed.cacertfile = value;
  } else if (name == "certfile") {
    parsed.certfile = value;
  } else if (name == "keyfile") {
    parsed.keyfile = value;
  } else if (name == "verify" && (value == "verify_none" || value == "verify_peer")) {
    parsed.verify = value == "verify_peer";
  } else {
    refuse("unknown option " + std::string(name) +
           "; known are heartbeat, cacertfile, certfile, keyfile, verify=verify_peer and verify=verify_none");
  }
}

}  // namespace

AmqpUrl parse_amqp_url(const std::string& url) {
  const size_t question = url.find('?');
  std::string address = url.substr(0, question);
  amqp_connection_info info;
  amqp_default_connection_info(&info);
  if (amqp_parse_url(address.data(), &info) != AMQP_STATUS_OK)
    refuse("not of the form amqp[s]://user:password@host:port/vhost");
  AmqpUrl parsed;
  parsed.host = info.host;
  parsed.user = info.user;
  parsed.password = info.password;
  parsed.vhost = info.vhost;
  parsed.port = info.port;
  parsed.tls = info.ssl;
  std::string_view options =
      question == std::string::npos ? std::string_view() : std::string_view(url).substr(question + 1);
  while (!options.empty()) {
    const std::string_view option = options.substr(0, options.find('&'));
    options.remove_prefix(std::min(options.size(), option.size() + 1));
    const size_t equals = option.find('=');
    if (equals == std::string_view::npos) refuse("option " + std::string(option) + " has no value");
    set_option(parsed, option.substr(0, equals), std::string(option.substr(equals + 1)));
  }
  return parsed;
}

}  // namespace alco
