// Fuzz target: any bytes on a client's socket, in pieces, through the gate's connection and the HTTP library. What a
// handler sees is what was sent, once; what comes back are whole answers.
#include <poll.h>
#include <sys/socket.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/http/connection.h"
#include "lib/http/library.h"

using namespace alco::http;

namespace {

void require(bool condition) {
  if (!condition) abort();
}

// An answer that is made while it is sent.
class Words : public Source {
 public:
  State fill(const std::shared_ptr<Outbox>& outbox) override {
    outbox->append_body("a");
    outbox->append_body("streamed\r\n0\r\n\r\nanswer");
    outbox->finish_body();
    return State::done;
  }
};

struct Client {
  alco::Fd server, client;
  std::string answers;

  Client() {
    int pair[2];
    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
    server.reset(pair[0]);
    client.reset(pair[1]);
  }
  void read() {
    char buffer[65536];
    for (ssize_t got; (got = recv(client.get(), buffer, sizeof buffer, MSG_DONTWAIT)) > 0;)
      answers.append(buffer, static_cast<size_t>(got));
  }
};

// True if the next request has come already.
bool answer(Connection& connection, Clock::time_point now, uint8_t kind) {
  const auto exchange = connection.take_request(now);
  Request& request = exchange->request;
  require(request.body.size() == request.head.content_length && request.head.target.front() == '/');
  require(!request.head.find("transfer-encoding") && !request.head.find("content-encoding"));
  const auto target = parse_target(request.head.target);
  if (!target) {
    connection.refuse({400, "no path"}, now);
    return false;
  }
  request.target = *target;
  int calls = 0;
  const Handler handler = [&](Request& seen, Response& out) {
    ++calls;
    require(&seen == &request);
    out.status = kind % 3 == 0 ? 404 : 200;
    out.headers.push_back({"X-Path", percent_encode(request.head.target)});
    out.body = request.body;
    if (kind % 2 == 1) out.source = std::make_shared<Words>();
  };
  exchange->source = serve_with_library(request, *exchange->outbox, handler);
  require(calls == 1);
  if (exchange->source) exchange->source->fill(exchange->outbox);
  exchange->source.reset();
  exchange->phase = Exchange::Phase::done;
  return connection.step(POLLOUT, now);
}

// Each answer says where it ends; behind the last one there is nothing.
void check_answers(std::string_view text, bool head_request) {
  for (size_t count = 0; !text.empty() && count < 1000; ++count) {
    require(text.starts_with("HTTP/1.1 "));
    const size_t end = text.find("\r\n\r\n");
    require(end != text.npos);
    const std::string_view head = text.substr(0, end + 2);
    require(head.find('\0') == head.npos && head.find("X-Content-Type-Options: nosniff\r\n") != head.npos);
    const bool close = head.find("\r\nConnection: close\r\n") != head.npos;
    const size_t length = head.find("\r\nContent-Length: ");
    text.remove_prefix(end + 4);
    if (head_request || close) return;
    if (length != head.npos) {
      const size_t bytes = strtoul(head.data() + length + 18, nullptr, 10);
      require(bytes <= text.size());
      text.remove_prefix(bytes);
    } else {
      require(head.find("Transfer-Encoding: chunked") != head.npos);
      const size_t last = text.find("\r\n0\r\n\r\n", text.find("answer"));
      require(last != text.npos);
      text.remove_prefix(last + 7);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 3) return 0;
  static const Limits limits;
  const size_t piece = size_t{data[0]} * 16 + 1;
  const std::string_view input(reinterpret_cast<const char*>(data) + 2, size - 2);
  Client client;
  const auto now = Clock::now();
  const auto shared = std::make_shared<OutboxShared>();
  Connection connection(std::move(client.server), "127.0.0.1", limits, shared, now);
  for (size_t at = 0; at < input.size() && connection.state() != Connection::State::closed; at += piece) {
    const std::string_view part = input.substr(at, piece);
    if (send(client.client.get(), part.data(), part.size(), MSG_DONTWAIT | MSG_NOSIGNAL) !=
        static_cast<ssize_t>(part.size()))
      break;
    bool complete = connection.step(POLLIN, now);
    for (int requests = 0; complete && requests < 64; ++requests) {
      complete = answer(connection, now, data[1]);
      client.read();
    }
    client.read();
  }
  // Time is up.
  if (connection.state() != Connection::State::closed) connection.step(0, now + std::chrono::minutes(1));
  client.read();
  check_answers(client.answers, input.find("HEAD") != input.npos);
  return 0;
}
