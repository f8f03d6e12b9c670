/* A bare consumer: amqp_drain HOST PORT QUEUE COUNT receives COUNT messages, acknowledges each hundred, and ends. */
#include <amqp.h>
#include <amqp_tcp_socket.h>
#include <stdio.h>
#include <stdlib.h>

static void check(int good, const char *what) {
  if (good) return;
  fprintf(stderr, "amqp_drain: %s failed\n", what);
  exit(1);
}

int main(int argc, char **argv) {
  check(argc == 5, "reading HOST PORT QUEUE COUNT");
  const long count = atol(argv[4]);
  amqp_connection_state_t connection = amqp_new_connection();
  amqp_socket_t *socket = amqp_tcp_socket_new(connection);
  check(socket && amqp_socket_open(socket, argv[1], atoi(argv[2])) == 0, "connecting");
  check(amqp_login(connection, "/", 0, 131072, 0, AMQP_SASL_METHOD_PLAIN, "guest", "guest").reply_type ==
            AMQP_RESPONSE_NORMAL, "logging in");
  amqp_channel_open(connection, 1);
  amqp_basic_qos(connection, 1, 0, 1000, 0);
  amqp_basic_consume(connection, 1, amqp_cstring_bytes(argv[3]), amqp_empty_bytes, 0, 0, 0, amqp_empty_table);
  check(amqp_get_rpc_reply(connection).reply_type == AMQP_RESPONSE_NORMAL, "consuming");
  for (long i = 1; i <= count; ++i) {
    amqp_envelope_t envelope;
    amqp_maybe_release_buffers(connection);
    check(amqp_consume_message(connection, &envelope, NULL, 0).reply_type == AMQP_RESPONSE_NORMAL, "receiving");
    if (i % 100 == 0 || i == count)
      check(amqp_basic_ack(connection, 1, envelope.delivery_tag, 1) == 0, "acknowledging");
    amqp_destroy_envelope(&envelope);
  }
  amqp_connection_close(connection, AMQP_REPLY_SUCCESS);
  amqp_destroy_connection(connection);
  return 0;
}
