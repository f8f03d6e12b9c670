#include <algorithm>
#include <optional>

#include "lib/check/checks.h"
#include "lib/delivery/amqp_topology.h"
#include "lib/error.h"

namespace alco::check {
namespace {

constexpr auto kChannel = AmqpConnection::kChannel;
constexpr amqp_boolean_t kPassive = 1;  // asks, and declares nothing

// Of a passive declaration just made: whether the object is there.
bool there(AmqpConnection& connection, const std::string& object) {
  const AmqpRefusal said = connection.refusal("look at the broker");
  if (said.code == 0) return true;
  connection.reopen_channel();
  if (said.code == AMQP_NOT_FOUND) return false;
  const int code = said.code == AMQP_ACCESS_REFUSED ? EX_NOPERM : EX_CONFIG;
  throw Error(code, connection.peer() + ": " + object + ": " + said.text);
}

void look_at_exchange(Findings& findings, AmqpConnection& connection, const AmqpSettings& settings) {
  if (settings.exchange.empty() || settings.exchange.starts_with("amq.")) return;
  const std::string name = "exchange " + settings.exchange;
  amqp_exchange_declare(connection.state(), kChannel, amqp_bytes(settings.exchange), amqp_cstring_bytes("topic"),
                        kPassive, settings.durable, 0, 0, amqp_empty_table);
  if (there(connection, name))
    findings.ok(name + ": there");
  else
    findings.note(name + ": is not there: alco-consume declares it");
}

void look_at_queue(Findings& findings, AmqpConnection& connection, const AmqpSettings& settings) {
  const std::string name = "queue " + settings.queue;
  const auto* queue = amqp_queue_declare(connection.state(), kChannel, amqp_bytes(settings.queue), kPassive,
                                         settings.durable, 0, 0, amqp_empty_table);
  if (!there(connection, name)) return findings.note(name + ": is not there: alco-consume declares it");
  findings.ok(name + ": " + std::to_string(queue->message_count) + " messages wait, " +
              std::to_string(queue->consumer_count) + " consumers");
}

void look_at_bindings(Findings& findings, const AmqpSettings& settings, const AmqpUrl& url) {
  if (settings.management.empty()) return;
  const std::vector<std::string> keys = management_bindings(settings, url);
  const auto has = [](const std::vector<std::string>& list, const std::string& key) {
    return std::find(list.begin(), list.end(), key) != list.end();
  };
  findings.ok("management " + masked_url(settings.management) + ": " + std::to_string(keys.size()) + " bindings");
  for (const std::string& key : settings.routing_keys)
    if (!has(keys, key)) findings.note("binding " + key + ": is not there: alco-consume makes it");
  for (const std::string& key : keys)
    if (!has(settings.routing_keys, key))
      findings.note("binding " + key + ": is not in the configuration: alco-consume removes it");
}

}  // namespace

void broker(Findings& findings, const AmqpSettings& settings) {
  std::optional<AmqpUrl> url;
  findings.look([&] {
    url = parse_amqp_url(settings.url);
    AmqpConnection connection(*url);
    findings.ok("rabbitmq " + connection.peer() + ": logged in as " + url->user);
    look_at_exchange(findings, connection, settings);
    look_at_queue(findings, connection, settings);
  });
  if (url) findings.look([&] { look_at_bindings(findings, settings, *url); });
}

}  // namespace alco::check
