#include "lib/delivery/amqp_connection.h"

#include <amqp_ssl_socket.h>
#include <amqp_tcp_socket.h>
#include <fcntl.h>
#include <openssl/ssl.h>

#include "lib/delivery/amqp_advice.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

constexpr timeval kConnectLimit{5, 0}, kHandshakeLimit{10, 0}, kCallLimit{10, 0};
constexpr int kFrameMax = 131072;

void require(int status, const std::string& what, int code = EX_UNAVAILABLE) {
  if (status != AMQP_STATUS_OK) throw Error(code, what + ": " + amqp_error_string2(status));
}

// RabbitMQ ends some of its texts with a full stop; ours go on after it.
std::string text_of(amqp_bytes_t text) {
  std::string_view said = view(text);
  if (said.ends_with('.')) said.remove_suffix(1);
  return std::string(said);
}

AmqpRefusal refusal_of(const amqp_method_t& method) {
  if (method.id == AMQP_CHANNEL_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_channel_close_t*>(method.decoded);
    return {close->reply_code, text_of(close->reply_text)};
  }
  if (method.id == AMQP_CONNECTION_CLOSE_METHOD) {
    const auto* close = static_cast<const amqp_connection_close_t*>(method.decoded);
    return {close->reply_code, text_of(close->reply_text)};
  }
  return {0, "unexpected answer " + std::to_string(method.id)};
}

}  // namespace

amqp_bytes_t amqp_bytes(const std::string& text) { return {text.size(), const_cast<char*>(text.data())}; }

std::string describe(const amqp_rpc_reply_t& reply) {
  switch (reply.reply_type) {
    case AMQP_RESPONSE_NORMAL:
      return "ok";
    case AMQP_RESPONSE_LIBRARY_EXCEPTION:
      return amqp_error_string2(reply.library_error);
    case AMQP_RESPONSE_SERVER_EXCEPTION:
      return refusal_of(reply.reply).text;
    case AMQP_RESPONSE_NONE:
      break;
  }
  return "the connection was closed";
}

AmqpConnection::AmqpConnection(const AmqpUrl& url) : peer_(url.peer()), user_(url.user), state_(amqp_new_connection()) {
  if (!state_) throw Error(EX_OSERR, "out of memory");
  amqp_set_handshake_timeout(state_.get(), &kHandshakeLimit);
  amqp_set_rpc_timeout(state_.get(), &kCallLimit);
  open_socket(url);
  log_in(url);
  amqp_channel_open(state_.get(), kChannel);
  check("open a channel");
}

void AmqpConnection::open_socket(const AmqpUrl& url) {
  amqp_socket_t* socket = url.tls ? amqp_ssl_socket_new(state_.get()) : amqp_tcp_socket_new(state_.get());
  if (!socket) throw Error(EX_OSERR, peer_ + ": can't make a socket");
  if (url.tls) {
    amqp_ssl_socket_set_verify_peer(socket, url.verify);
    amqp_ssl_socket_set_verify_hostname(socket, url.verify);
    require(amqp_ssl_socket_set_ssl_versions(socket, AMQP_TLSv1_2, AMQP_TLSvLATEST), peer_ + ": TLS 1.2");
    if (!url.verify)
      log::warning("%s: the certificate is not verified (verify=verify_none)", peer_.c_str());
    else if (url.cacertfile.empty())
      SSL_CTX_set_default_verify_paths(static_cast<SSL_CTX*>(amqp_ssl_socket_get_context(socket)));
    if (!url.cacertfile.empty())
      require(amqp_ssl_socket_set_cacert(socket, url.cacertfile.c_str()), url.cacertfile, EX_CONFIG);
    if (!url.certfile.empty())
      require(amqp_ssl_socket_set_key(socket, url.certfile.c_str(), url.keyfile.c_str()), url.certfile, EX_CONFIG);
  }
  const int status = amqp_socket_open_noblock(socket, url.host.c_str(), url.port, &kConnectLimit);
  if (status != AMQP_STATUS_OK)
    throw Error(EX_UNAVAILABLE, peer_ + ": connect: " + amqp_error_string2(status) + connect_advice(url, status));
  fcntl(fd(), F_SETFD, FD_CLOEXEC);
}

void AmqpConnection::log_in(const AmqpUrl& url) {
  // "consumer_cancel_notify" makes the broker tell when the queue was deleted.
  amqp_table_entry_t can{amqp_cstring_bytes("consumer_cancel_notify"), {}};
  can.value.kind = AMQP_FIELD_KIND_BOOLEAN;
  can.value.value.boolean = 1;
  amqp_table_entry_t name{amqp_cstring_bytes("connection_name"), {}};
  name.value.kind = AMQP_FIELD_KIND_UTF8;
  name.value.value.bytes = amqp_cstring_bytes("alco-consume");
  amqp_table_entry_t properties[2] = {{amqp_cstring_bytes("capabilities"), {}}, name};
  properties[0].value.kind = AMQP_FIELD_KIND_TABLE;
  properties[0].value.value.table = {1, &can};
  const amqp_table_t table{2, properties};
  const amqp_rpc_reply_t reply =
      amqp_login_with_properties(state_.get(), url.vhost.c_str(), 0, kFrameMax, url.heartbeat, &table,
                                 AMQP_SASL_METHOD_PLAIN, url.user.c_str(), url.password.c_str());
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return;
  const std::string said = describe(reply);
  const std::string text = peer_ + ": login as " + url.user + ": " + said + login_advice(url, said);
  // RabbitMQ says 403 (password), 530 (virtual host); other refusals, such as one while it starts, may pass.
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION) {
    const int code = refusal_of(reply.reply).code;
    if (code == AMQP_ACCESS_REFUSED || code == AMQP_NOT_ALLOWED) throw Error(EX_NOPERM, text);
  }
  throw Error(EX_UNAVAILABLE, text);
}

AmqpRefusal AmqpConnection::refusal(const std::string& what) {
  const amqp_rpc_reply_t reply = amqp_get_rpc_reply(state_.get());
  if (reply.reply_type == AMQP_RESPONSE_NORMAL) return {};
  if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION && reply.reply.id == AMQP_CHANNEL_CLOSE_METHOD)
    return refusal_of(reply.reply);
  throw Error(EX_UNAVAILABLE, peer_ + ": " + what + ": " + describe(reply));
}

void AmqpConnection::check(const std::string& what) {
  const AmqpRefusal said = refusal(what);
  if (said.code == 0) return;
  const bool forbidden = said.code == AMQP_ACCESS_REFUSED && said.text.find("exclusive use") == std::string::npos;
  throw Error(forbidden ? EX_NOPERM : EX_UNAVAILABLE,
              peer_ + ": " + what + ": " + said.text + refusal_advice(said, user_));
}

void AmqpConnection::check_status(int status, const std::string& what) {
  if (status != AMQP_STATUS_OK) throw Error(EX_UNAVAILABLE, peer_ + ": " + what + ": " + amqp_error_string2(status));
}

void AmqpConnection::reopen_channel() {
  amqp_channel_close_ok_t closed{};
  check_status(amqp_send_method(state_.get(), kChannel, AMQP_CHANNEL_CLOSE_OK_METHOD, &closed), "close a channel");
  amqp_channel_open(state_.get(), kChannel);
  check("open a channel");
}

}  // namespace alco
