#include "lib/delivery/amqp_topology.h"

#include <algorithm>

#include "lib/delivery/amqp_advice.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

constexpr auto kChannel = AmqpConnection::kChannel;

// The part between the `nth` pair of quotes, from 0: inequivalent arg 'durable' for queue 'q' in vhost '/': received …
std::string quoted(const std::string& text, int nth) {
  size_t from = 0;
  for (int i = 0;; ++i) {
    const size_t open = text.find('\'', from);
    const size_t close = open == std::string::npos ? open : text.find('\'', open + 1);
    if (close == std::string::npos) return "";
    if (i == nth) return text.substr(open + 1, close - open - 1);
    from = close + 1;
  }
}

[[noreturn]] void explain(const AmqpConnection& connection, const AmqpRefusal& said, const std::string& object) {
  const char* deleted = object.starts_with("queue") ? "the queue with its messages" : "the exchange with its bindings";
  const std::string head = connection.peer() + ": " + object + ": ";
  if (said.code == AMQP_PRECONDITION_FAILED) {
    const std::string property = quoted(said.text, 0), received = quoted(said.text, 3), current = quoted(said.text, 4);
    if (property.empty() || current.empty()) throw Error(EX_CONFIG, head + said.text);
    throw Error(EX_CONFIG, head + "exists with " + property + " " + current + ", and the configuration asks for " +
                               received + "; change the configuration, or delete " + deleted + " at the broker");
  }
  const std::string text = head + said.text + refusal_advice(said, connection.user());
  throw Error(said.code == AMQP_ACCESS_REFUSED ? EX_NOPERM : EX_UNAVAILABLE, text);
}

void declare_exchange(AmqpConnection& connection, const AmqpSettings& settings) {
  if (settings.exchange.empty() || settings.exchange.starts_with("amq.")) return;  // the broker's own
  const auto declare = [&](bool passive) {
    amqp_exchange_declare(connection.state(), kChannel, amqp_bytes(settings.exchange), amqp_cstring_bytes("topic"),
                          passive, settings.durable, 0, 0, amqp_empty_table);
    return connection.refusal("declare the exchange");
  };
  const AmqpRefusal said = declare(false);
  if (said.code == 0) return;
  if (said.code == AMQP_ACCESS_REFUSED) {  // who may not make it may still use the one that is there
    connection.reopen_channel();
    if (declare(true).code == 0) return;
  }
  explain(connection, said, "exchange " + settings.exchange);
}

void declare_queue(AmqpConnection& connection, const AmqpSettings& settings) {
  const auto declare = [&](bool passive) {
    amqp_queue_declare(connection.state(), kChannel, amqp_bytes(settings.queue), passive, settings.durable, 0, 0,
                       amqp_empty_table);
    return connection.refusal("declare the queue");
  };
  const AmqpRefusal said = declare(false);
  if (said.code == 0) return;
  // Arguments (a quorum queue, a length limit, a dead-letter exchange) are the operator's business; the right to make
  // queues may be, too.
  if ((said.code == AMQP_PRECONDITION_FAILED && quoted(said.text, 0).starts_with("x-")) ||
      said.code == AMQP_ACCESS_REFUSED) {
    connection.reopen_channel();
    if (declare(true).code == 0) return;
  }
  explain(connection, said, "queue " + settings.queue);
}

void bind(AmqpConnection& connection, const AmqpSettings& settings, const std::string& key) {
  amqp_queue_bind(connection.state(), kChannel, amqp_bytes(settings.queue), amqp_bytes(settings.exchange),
                  amqp_bytes(key), amqp_empty_table);
  const AmqpRefusal said = connection.refusal("bind the queue");
  if (said.code != 0) explain(connection, said, "binding " + key + " of queue " + settings.queue);
}

void unbind(AmqpConnection& connection, const AmqpSettings& settings, const std::string& key) {
  amqp_queue_unbind(connection.state(), kChannel, amqp_bytes(settings.queue), amqp_bytes(settings.exchange),
                    amqp_bytes(key), amqp_empty_table);
  const AmqpRefusal said = connection.refusal("unbind the queue");
  if (said.code != 0) {  // no reason to stop collecting
    log::warning("queue %s: binding %s, which the configuration does not list: %s%s", settings.queue.c_str(),
                 key.c_str(), said.text.c_str(), refusal_advice(said, connection.user()).c_str());
    return connection.reopen_channel();
  }
  log::notice("queue %s: binding %s removed, which the configuration does not list", settings.queue.c_str(),
              key.c_str());
}

bool lists(const std::vector<std::string>& keys, const std::string& key) {
  return std::find(keys.begin(), keys.end(), key) != keys.end();
}

}  // namespace

void declare_topology(AmqpConnection& connection, const AmqpSettings& settings) {
  declare_exchange(connection, settings);
  declare_queue(connection, settings);
  if (settings.exchange.empty()) return;
  for (const std::string& key : settings.routing_keys) bind(connection, settings, key);
}

void change_bindings(AmqpConnection& connection, const AmqpSettings& before, const AmqpSettings& after) {
  for (const std::string& key : after.routing_keys)
    if (!lists(before.routing_keys, key)) bind(connection, after, key);
  for (const std::string& key : before.routing_keys)
    if (!lists(after.routing_keys, key)) unbind(connection, after, key);
}

void remove_stale_bindings(AmqpConnection& connection, const AmqpSettings& settings, const AmqpUrl& url) {
  if (settings.exchange.empty() || settings.routing_keys.empty()) return;
  if (settings.management.empty()) {
    log::notice("queue %s: bindings that the configuration no longer lists can't be seen without rabbitmq.management",
                settings.queue.c_str());
    return;
  }
  std::vector<std::string> keys;
  try {
    keys = management_bindings(settings, url);
  } catch (const Error& error) {
    log::warning("%s; bindings that the configuration no longer lists can't be seen", error.what());
    return;
  }
  for (const std::string& key : keys)
    if (!lists(settings.routing_keys, key)) unbind(connection, settings, key);
}

}  // namespace alco
