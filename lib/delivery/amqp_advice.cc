#include "lib/delivery/amqp_advice.h"

namespace alco {
namespace {

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}  // namespace

std::string connect_advice(const AmqpUrl& url, int status) {
  switch (status) {
    case AMQP_STATUS_HOSTNAME_RESOLUTION_FAILED:
      return "; check the name in rabbitmq.url, and DNS";
    case AMQP_STATUS_SSL_HOSTNAME_VERIFY_FAILED:
      return "; the certificate is for another name than " + url.host + ": use that one in rabbitmq.url";
    case AMQP_STATUS_SSL_PEER_VERIFY_FAILED:
      return url.cacertfile.empty() ? "; the certificate is of no CA that this machine knows: name it with ?cacertfile="
                                    : "; the certificate is not of the CA in " + url.cacertfile + ", or has expired";
    case AMQP_STATUS_SSL_CONNECTION_FAILED:
    case AMQP_STATUS_SSL_ERROR:
      return "; does port " + std::to_string(url.port) + " speak TLS? amqps has 5671, amqp 5672";
    case AMQP_STATUS_SOCKET_ERROR:
      return "; is the broker running, and does it listen on " + url.peer() + "?";
    case AMQP_STATUS_TIMEOUT:
      return "; is a firewall between?";
    default:
      return "";
  }
}

std::string login_advice(const AmqpUrl& url, const std::string& said) {
  if (has(said, "only connect via localhost")) return "; make a user of your own: rabbitmqctl add_user";
  if (has(said, "Login was refused")) return "; check user and password in rabbitmq.url";
  if (has(said, "vhost " + url.vhost + " not found") || has(said, "'" + url.vhost + "' not found"))
    return "; check rabbitmq.url (/ is written %2F), or: rabbitmqctl add_vhost '" + url.vhost + "'";
  if (has(said, "access to vhost"))
    return "; rabbitmqctl set_permissions -p '" + url.vhost + "' " + url.user + " CONFIGURE WRITE READ";
  if (!url.tls && (has(said, amqp_error_string2(AMQP_STATUS_SOCKET_ERROR)) ||
                   has(said, amqp_error_string2(AMQP_STATUS_CONNECTION_CLOSED))))
    return "; if port " + std::to_string(url.port) + " is for TLS, rabbitmq.url must begin with amqps://";
  return "";
}

std::string refusal_advice(const AmqpRefusal& said, const std::string& user) {
  if (has(said.text, "in exclusive use"))
    return "; another consumer has the queue for itself alone: rabbitmqctl list_consumers";
  if (said.code == AMQP_ACCESS_REFUSED)
    return "; give " + user + " the right to it (rabbitmqctl set_permissions; to declare takes CONFIGURE, to bind " +
           "WRITE on the queue and READ on the exchange, to consume READ)";
  if (said.code == AMQP_RESOURCE_LOCKED)
    return "; another connection has it for itself alone and takes it along when it ends: rabbitmqctl list_queues name "
           "exclusive owner_pid";
  return "";
}

std::string closing_advice(const std::string& said) {
  // RabbitMQ: "delivery acknowledgement on channel 1 timed out"
  if (has(said, "timed out")) return "; --give-back must be less than the broker's consumer_timeout";
  return "";
}

}  // namespace alco
