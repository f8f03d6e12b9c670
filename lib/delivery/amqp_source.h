#pragma once
// RabbitMQ as a Source: declares what the configuration says, consumes with manual acknowledgement, reconnects.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "lib/config.h"
#include "lib/delivery/message_id.h"
#include "lib/delivery/source.h"

namespace alco {

enum class AmqpId { content, message_id };  // what makes the id of a message: all of it, or its message-id alone

struct AmqpSettings {
  // amqp[s]://user:password@host:port/vhost?heartbeat=S&cacertfile=…&certfile=…&keyfile=…&verify=verify_none
  std::string url;
  std::string exchange;
  std::string management;  // of the management API; empty: stale bindings can't be seen
  std::string queue;
  std::vector<std::string> routing_keys;
  bool durable = true;
  bool amqp_fields = false;  // routing key and headers become the member "amqp"
};
// From the configuration; `url` (if not empty) is used instead of its rabbitmq.url. Throws Error(EX_CONFIG) if there is
// no broker or no queue.
AmqpSettings amqp_settings(const Config& config, const IndexName& index, const std::string& url);

struct AmqpOptions {
  AmqpSettings settings;
  std::function<AmqpSettings()> reload;  // called on SIGHUP; an Error that it throws is reported and the old ones stay
  uint16_t prefetch = 1000;
  uint64_t max_bytes = uint64_t{64} << 20;  // in memory; reading stops there
  uint64_t max_record = uint64_t{4} << 20;  // a longer body goes to the rejected file, its head to the store
  AmqpId id = AmqpId::content;
  IdKey key{};
  std::string rejected_file;
};

// Connects in the background: the broker need not be there. Errors that only a person can mend (login refused, a
// declaration that clashes) are thrown by work() as Error(EX_NOPERM or EX_CONFIG).
std::unique_ptr<Source> make_amqp_source(AmqpOptions options);

}  // namespace alco
