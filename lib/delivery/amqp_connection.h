#pragma once
// One connection and one channel to a broker; the calls of librabbitmq with errors that a person can read.
#include <amqp.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "lib/owned.h"

namespace alco {

struct AmqpUrl {
  std::string host = "127.0.0.1", user = "guest", password = "guest", vhost = "/";
  int port = 5672;
  bool tls = false;
  int heartbeat = 30;  // seconds
  std::string cacertfile, certfile, keyfile;
  bool verify = true;

  std::string peer() const { return host + ":" + std::to_string(port); }
};
// amqp[s]://user:password@host:port/vhost?heartbeat=…; throws Error(EX_CONFIG) that does not show the password.
AmqpUrl parse_amqp_url(const std::string& url);

amqp_bytes_t amqp_bytes(const std::string& text);  // a view
inline std::string_view view(amqp_bytes_t bytes) { return {static_cast<const char*>(bytes.bytes), bytes.len}; }

// What a broker said when it closed a channel or connection: "PRECONDITION_FAILED - inequivalent arg …".
struct AmqpRefusal {
  int code = 0;  // 406 …; 0: it is not the broker that refused
  std::string text;
};

// Its functions throw Error: EX_UNAVAILABLE where trying again may help, EX_NOPERM for a refused login, EX_CONFIG.
class AmqpConnection {
 public:
  static constexpr amqp_channel_t kChannel = 1;

  explicit AmqpConnection(const AmqpUrl& url);  // connects, logs in, opens the channel; takes some seconds at most
  amqp_connection_state_t state() const { return state_.get(); }
  int fd() const { return amqp_get_sockfd(state_.get()); }
  const std::string& peer() const { return peer_; }
  const std::string& user() const { return user_; }

  // Of the call just made; an empty code means that it went well. Throws if the connection is gone.
  AmqpRefusal refusal(const std::string& what);
  void check(const std::string& what);  // the same, but throws Error(EX_UNAVAILABLE or EX_NOPERM) also for a refusal
  void check_status(int status, const std::string& what);
  void reopen_channel();  // after a refusal has closed it

 private:
  void open_socket(const AmqpUrl& url);
  void log_in(const AmqpUrl& url);

  std::string peer_, user_;
  CPtr<amqp_connection_state_t_, amqp_destroy_connection> state_;
};

std::string describe(const amqp_rpc_reply_t& reply);

}  // namespace alco
