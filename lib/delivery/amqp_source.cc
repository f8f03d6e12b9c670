#include "lib/delivery/amqp_source.h"

#include "lib/delivery/amqp_consumer.h"
#include "lib/error.h"

namespace alco {

AmqpSettings amqp_settings(const Config& config, const IndexName& index, const std::string& url) {
  const std::string where = config.file.empty() ? "" : config.file + ": ";
  if (url.empty() && !config.rabbitmq) throw Error(EX_CONFIG, where + "no source: rabbitmq.url is not set");
  const IndexConfig section = config.index(index);
  AmqpSettings settings;
  settings.url = url.empty() ? config.rabbitmq->url : url;
  if (config.rabbitmq) {
    settings.exchange = config.rabbitmq->exchange;
    settings.management = config.rabbitmq->management;
  }
  settings.queue = section.queue;
  settings.routing_keys = section.routing_keys;
  settings.durable = section.durable;
  settings.amqp_fields = section.amqp_fields;
  if (settings.queue.empty())
    throw Error(EX_CONFIG, where + "indexes." + index.str() + ".queue is not set: nothing to consume from");
  return settings;
}

std::unique_ptr<Source> make_amqp_source(AmqpOptions options) {
  return std::make_unique<AmqpConsumer>(std::move(options));
}

}  // namespace alco
