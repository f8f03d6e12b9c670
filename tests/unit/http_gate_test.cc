#include "lib/http/gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "lib/stop.h"
#include "tests/unit/check.h"

using namespace alco;
using namespace alco::http;
using std::chrono::milliseconds;

namespace {

constexpr size_t kBig = 32 * 1024 * 1024;

struct Seen {
  std::atomic<int> running{0}, cancelled{0}, late{0}, sources{0}, searching{0};
};
Seen seen;

// Endless; counts itself.
class Endless : public Source {
 public:
  Endless() { ++seen.sources; }
  ~Endless() override { --seen.sources; }
  State fill(const std::shared_ptr<Outbox>& outbox) override {
    outbox->append_body(std::string(100'000, 'x'));
    return State::more;
  }
};

// All that there is, at once.
class Whole : public Source {
 public:
  State fill(const std::shared_ptr<Outbox>& outbox) override {
    outbox->append_body(std::string(kBig, 'z'));
    return State::done;
  }
};

// Looks for something that is not there, through all that there is.
class Vain : public Source {
 public:
  State fill(const std::shared_ptr<Outbox>& outbox) override {
    ++seen.searching;
    while (!outbox->abandoned()) std::this_thread::sleep_for(milliseconds(5));
    --seen.searching;
    return State::failed;
  }
};

void answer(Request& request, Response& response) {
  const std::string what = request.target.segments.empty() ? "" : request.target.segments[0];
  if (what == "slow") {
    ++seen.running;
    while (!request.cancel) std::this_thread::sleep_for(milliseconds(5));
    --seen.running;
    if (request.late) ++seen.late;
    ++seen.cancelled;
  }
  response.body = what;
  if (what == "big") response.body.assign(kBig, 'y');
  if (what == "endless") response.source = std::make_shared<Endless>();
  if (what == "whole") response.source = std::make_shared<Whole>();
  if (what == "vain") response.source = std::make_shared<Vain>();
}

Limits short_limits() {
  Limits limits;
  limits.head_time = limits.idle_time = limits.stall_time = limits.query_time = milliseconds(300);
  limits.running = 2;
  limits.waiting = 2;
  limits.waiting_per_client = 1;
  limits.pending_bytes_per_client = kBig / 2;
  return limits;
}

int port = 0;

class Client {
 public:
  explicit Client(uint32_t from = INADDR_LOOPBACK) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
    const timeval patience{5, 0};
    setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(from);
    CHECK(bind(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    address.sin_port = htons(static_cast<in_port_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  }
  void say(const std::string& text) { CHECK(send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL) > 0); }
  void ask(const std::string& path) { say("GET /" + path + " HTTP/1.1\r\nHost: x\r\n\r\n"); }
  std::string hear() {  // some; empty at the end
    char buffer[4096];
    const ssize_t got = recv(fd_.get(), buffer, sizeof buffer, 0);
    return std::string(buffer, got > 0 ? static_cast<size_t>(got) : 0);
  }
  std::string hear_until(const std::string& end) {
    std::string all;
    while (all.find(end) == std::string::npos) {
      const std::string more = hear();
      if (more.empty()) break;
      all += more;
    }
    return all;
  }
  // An answer without chunks or a length, of which the head and a little are read.
  void ask_without_chunks(const std::string& path) {
    say("GET /" + path + " HTTP/1.0\r\nHost: x\r\n\r\n");
    CHECK(hear_until("\r\n\r\n").find("Transfer-Encoding") == std::string::npos);
  }
  struct Rest {
    size_t bytes = 0;
    bool reset = false;  // not a clean end
  };
  Rest hear_rest(size_t most = SIZE_MAX) {
    Rest rest;
    std::string buffer(1 << 20, '\0');
    while (rest.bytes < most) {
      const ssize_t got = recv(fd_.get(), buffer.data(), buffer.size(), 0);
      rest.reset = got < 0 && errno == ECONNRESET;
      if (got <= 0) break;
      rest.bytes += static_cast<size_t>(got);
    }
    return rest;
  }
  void say_no_more() { CHECK(shutdown(fd_.get(), SHUT_WR) == 0); }
  void leave() { fd_.reset(); }

 private:
  Fd fd_;
};

template <class Condition>
bool within(milliseconds limit, Condition condition) {
  const auto end = Clock::now() + limit;
  while (!condition())
    if (Clock::now() > end)
      return false;
    else
      std::this_thread::sleep_for(milliseconds(2));
  return true;
}

void answers_one_after_the_other_on_one_connection() {
  Client client;
  client.say("GET /first HTTP/1.1\r\nHost: x\r\n\r\nGET /second HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string all = client.hear_until("second");
  CHECK(all.find("first") < all.find("second") && all.find("second") != std::string::npos);
  CHECK(client.hear().empty());
}

void takes_a_request_byte_by_byte() {
  Client client;
  for (const char c : std::string("GET /slowly HTTP/1.1\r\nHost: x\r\n\r\n")) client.say(std::string(1, c));
  CHECK(client.hear_until("slowly").find("200 OK") != std::string::npos);
}

void stops_a_search_whose_client_left() {
  Client client;
  client.ask("slow");
  CHECK(within(milliseconds(1000), [] { return seen.running == 1; }));
  const int before = seen.cancelled;
  client.leave();
  CHECK(within(milliseconds(200), [&] { return seen.cancelled == before + 1; }));
}

void stops_a_search_whose_time_is_over_and_answers() {
  Client client;
  const int before = seen.late;
  client.ask("slow");
  CHECK(client.hear_until("slow").find("200 OK") != std::string::npos);
  CHECK(seen.late == before + 1);
}

void says_when_there_is_no_room() {
  Client first, second, third, fourth;
  first.ask("slow");
  second.ask("slow");
  CHECK(within(milliseconds(1000), [] { return seen.running == 2; }));
  third.ask("slow");
  fourth.ask("slow");
  const std::string refusal = fourth.hear_until("}");
  CHECK(refusal.find(" 429 ") != std::string::npos && refusal.find("Retry-After: 1\r\n") != std::string::npos);
  CHECK(within(milliseconds(3000), [] { return seen.running == 0; }));
}

void lets_nobody_be_slow_for_ever() {
  Client silent, half, reader;
  half.say("GET / HT");
  reader.ask("big");
  CHECK(silent.hear().empty());
  CHECK(half.hear_until("}").find(" 408 ") != std::string::npos);
  size_t total = reader.hear().size();  // the answer has begun: from now on the time counts
  std::this_thread::sleep_for(milliseconds(900));
  for (std::string some = reader.hear(); !some.empty(); some = reader.hear()) total += some.size();
  CHECK(total > 0 && total < kBig);
}

// What one client leaves unread is its own affair.
void gives_no_more_to_a_client_that_does_not_read() {
  Client slow;
  slow.ask("big");
  CHECK(!slow.hear().empty());
  Client again, other(INADDR_LOOPBACK + 1);
  again.ask("more");
  CHECK(again.hear_until("}").find(" 429 ") != std::string::npos);
  other.ask("more");
  CHECK(other.hear_until("more").find(" 200 ") != std::string::npos);
  slow.leave();
  CHECK(within(milliseconds(2000), [] {
    Client later;
    later.ask("more");
    return later.hear_until("more").find(" 200 ") != std::string::npos;
  }));
}

void ends_a_source_whose_client_left() {
  Client client;
  client.ask("endless");
  CHECK(client.hear_until("xxx").find("Transfer-Encoding: chunked") != std::string::npos);
  CHECK(seen.sources == 1);
  client.leave();
  CHECK(within(milliseconds(1000), [] { return seen.sources == 0; }));
}

// Without chunks and a length a clean end would say that this was all.
void resets_an_answer_without_chunks_that_it_cuts() {
  Client stalled, half_closed;
  stalled.ask_without_chunks("endless");
  half_closed.ask_without_chunks("endless");
  half_closed.say_no_more();
  CHECK(half_closed.hear_rest().reset);
  std::this_thread::sleep_for(milliseconds(900));
  CHECK(stalled.hear_rest().reset);
  Client whole;
  whole.ask_without_chunks("whole");
  const Client::Rest rest = whole.hear_rest();
  CHECK(rest.bytes > kBig - 5000 && !rest.reset);
}

// The last test: it stops the server.
void resets_what_it_stops_and_sends_what_is_ready() {
  Client endless, whole(INADDR_LOOPBACK + 1), slow(INADDR_LOOPBACK + 2);
  endless.ask_without_chunks("endless");
  slow.ask_without_chunks("whole");
  whole.ask_without_chunks("whole");
  const size_t before = whole.hear_rest(kBig / 2).bytes;
  kill(getpid(), SIGTERM);
  const Client::Rest rest = whole.hear_rest();
  CHECK(before + rest.bytes > kBig - 5000 && !rest.reset);
  CHECK(endless.hear_rest().reset);
  std::this_thread::sleep_for(milliseconds(900));  // longer than it may take nothing
  CHECK(slow.hear_rest().reset);
}

// Exports that look through everything for nothing, of several clients, leave a thread to who wants one page.
void leaves_threads_to_searches() {
  Client first, second(INADDR_LOOPBACK + 1), third(INADDR_LOOPBACK + 2);
  first.ask("vain");
  second.ask("vain");
  CHECK(first.hear_until("\r\n\r\n").find(" 200 ") != std::string::npos);
  CHECK(second.hear_until("\r\n\r\n").find(" 200 ") != std::string::npos);
  CHECK(within(milliseconds(1000), [] { return seen.searching == 1; }));
  third.ask("quick");
  CHECK(third.hear_until("quick").find(" 200 ") != std::string::npos);
  CHECK(seen.searching == 1);
  first.leave();
  second.leave();
  CHECK(within(milliseconds(1000), [] { return seen.searching == 0; }));
}

}  // namespace

int main() {
  stop::install();
  std::vector<Listener> listeners;
  listeners.push_back(listen_on(parse_listen_address("127.0.0.1:0")));
  port = std::stoi(listeners[0].url.substr(listeners[0].url.rfind(':') + 1));
  std::thread clients([] {
    answers_one_after_the_other_on_one_connection();
    takes_a_request_byte_by_byte();
    stops_a_search_whose_client_left();
    stops_a_search_whose_time_is_over_and_answers();
    says_when_there_is_no_room();
    lets_nobody_be_slow_for_ever();
    gives_no_more_to_a_client_that_does_not_read();
    ends_a_source_whose_client_left();
    leaves_threads_to_searches();
    resets_an_answer_without_chunks_that_it_cuts();
    resets_what_it_stops_and_sends_what_is_ready();
  });
  {
    Gate gate(
        std::move(listeners), short_limits(), [](const Request&) { return Lane::query; },
        [](const Request& request) { return request.peer; }, answer);
    gate.run([] {});
  }
  clients.join();
  return failures();
}
