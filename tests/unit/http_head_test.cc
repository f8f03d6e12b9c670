#include "lib/http/head.h"

#include "lib/http/url.h"
#include "tests/unit/check.h"

using namespace alco::http;

namespace {

const Limits limits;

int status_of(const std::string& block) {
  const auto head = parse_head(block, limits);
  const auto* refusal = std::get_if<Refusal>(&head);
  return refusal ? refusal->status : 200;
}

std::string with(const std::string& headers) { return "GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n"; }

void reads_a_request() {
  const auto parsed = parse_head("GET /a?b=c HTTP/1.1\r\nHost: here\r\nX-Y:  two words \r\n\r\n", limits);
  const auto* head = std::get_if<Head>(&parsed);
  CHECK(head && head->method == "GET" && head->target == "/a?b=c" && head->keep_alive && head->content_length == 0);
  CHECK(head && head->find("x-y") && *head->find("x-y") == "two words" && !head->find("X-Y"));
  const auto twice = std::get<Head>(parse_head(with("X-Y: 1\r\nx-y: 2\r\n"), limits));
  CHECK(*twice.find("x-y") == "1" && *twice.find_last("x-y") == "2" && !twice.find_last("x-z"));
}

void keeps_the_connection_only_where_it_is_asked_to() {
  CHECK(!std::get<Head>(parse_head("GET / HTTP/1.0\r\nHost: x\r\n\r\n", limits)).keep_alive);
  CHECK(!std::get<Head>(parse_head(with("Connection: Close\r\n"), limits)).keep_alive);
  CHECK(std::get<Head>(parse_head(with("Connection: keep-alive\r\n"), limits)).keep_alive);
}

void refuses_what_is_no_request_line() {
  for (const char* line :
       {"", "GET", "GET /", "GET  / HTTP/1.1", "GET / HTTP/1.1 ", " GET / HTTP/1.1", "GET / HTTP/2.0", "GET / http/1.1",
        "GET x HTTP/1.1", "GET http://x/ HTTP/1.1", "OPTIONS * HTTP/1.1", "G@T / HTTP/1.1", "GET /\t HTTP/1.1",
        "GET /#a HTTP/1.1", "GET /a b HTTP/1.1"})
    CHECK(status_of(std::string(line) + "\r\nHost: x\r\n\r\n") == 400);
}

void refuses_headers_that_could_be_read_in_two_ways() {
  for (const char* header :
       {"X : 1\r\n", ": 1\r\n", "X\r\n", " X: 1\r\n", "X: a\r\n b\r\n", "X: a\nY: b\r\n", "X: a\rb\r\n", "Host: y\r\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n", "Content-Length: +1\r\n", "Content-Length: 1,1\r\n",
        "Content-Length: -1\r\n", "Content-Length: 0x1\r\n", "Content-Length:\r\n",
        "Content-Length: 99999999999999999999999\r\n", "X: \x01\r\n"})
    CHECK(status_of(with(header)) == 400);
  for (const char* name : {"Authorization", "X-Forwarded-User", "Origin", "Sec-Fetch-Site"}) {
    const std::string line = std::string(name) + ": a\r\n";
    CHECK(status_of(with(line)) == 200 && status_of(with(line + "X-Y: 1\r\n" + line)) == 400);
  }
  CHECK(status_of(with(std::string("X: a\0b\r\n", 8))) == 400);
  CHECK(status_of("GET / HTTP/1.1\r\n\r\n") == 400);
}

void refuses_what_is_not_served() {
  CHECK(status_of(with("Transfer-Encoding: chunked\r\n")) == 411);
  CHECK(status_of(with("transfer-encoding: identity\r\nContent-Length: 3\r\n")) == 411);
  CHECK(status_of(with("Content-Encoding: gzip\r\n")) == 415);
  CHECK(status_of(with("Range: bytes=0-1,0-2\r\n")) == 416);
  CHECK(status_of(with("Expect: 100-continue\r\n")) == 417);
  CHECK(status_of(with("Content-Length: 1\r\n")) == 400);
  for (const char* method : {"get", "GETT", "TRACE", "CONNECT", "PRI", "PROPFIND"})
    CHECK(status_of(std::string(method) + " / HTTP/1.1\r\nHost: x\r\n\r\n") == 405);
  CHECK(status_of("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n") == 413);
}

void refuses_too_much() {
  CHECK(status_of("GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 414);
  CHECK(status_of("GET /" + std::string(600, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 414);
  CHECK(status_of("GET /?" + std::string(4000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 200);
  std::string many;
  for (int i = 0; i < 64; ++i) many += "X: 1\r\n";
  CHECK(status_of(with(many)) == 431);
}

void finds_the_end_in_pieces_of_any_size() {
  const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n\r\nbody";
  for (size_t piece = 1; piece < text.size(); ++piece) {
    size_t scanned = 0, found = 0;
    for (size_t end = piece; found == 0 && end < text.size() + piece; end += piece)
      found = std::get<size_t>(find_head_end(text.substr(0, end), scanned, limits));
    CHECK(found == text.size() - 4);
  }
}

void gives_up_on_endless_heads() {
  size_t scanned = 0;
  const auto line = find_head_end("GET /" + std::string(5000, 'a'), scanned, limits);
  CHECK(std::get<Refusal>(line).status == 414);
  std::string many = "GET / HTTP/1.1\r\n";
  while (many.size() < limits.head_bytes) many += "X: 1\r\n";
  scanned = 0;
  CHECK(std::get<Refusal>(find_head_end(many, scanned, limits)).status == 431);
}

void decodes_targets_once() {
  const auto target = parse_target("/api/grep/a%20b/?q=a+b%2B&q=%25252e&empty=&none&%C3%A4=1");
  CHECK(target && target->folder && target->segments == (std::vector<std::string>{"api", "grep", "a b"}));
  CHECK(target && target->params.size() == 5 && target->params[0].second == "a b+" &&
        target->params[1].second == "%252e");
  CHECK(target && target->params[4].first == "ä");
  CHECK(parse_target("/") && parse_target("/")->segments.empty() && parse_target("/")->folder);
  CHECK(parse_target("/a") && !parse_target("/a")->folder);
}

void refuses_crooked_targets() {
  for (const char* text : {"", "a", "//", "/a//b", "/.", "/..", "/../etc/passwd", "/a/%2e%2e/b", "/%2E", "/a%00",
                           "/%zz", "/%4", "/%", "/?a=%0", "/?a=%00", "/%ff", "/?q=%c0%af", "/a/./b", "/..%2f"})
    CHECK(!parse_target(text) || std::string_view(text) == "/..%2f");
  CHECK(parse_target("/..%2f")->segments[0] == "../");  // a name like any other: it is only compared
}

}  // namespace

int main() {
  reads_a_request();
  keeps_the_connection_only_where_it_is_asked_to();
  refuses_what_is_no_request_line();
  refuses_headers_that_could_be_read_in_two_ways();
  refuses_what_is_not_served();
  refuses_too_much();
  finds_the_end_in_pieces_of_any_size();
  gives_up_on_endless_heads();
  decodes_targets_once();
  refuses_crooked_targets();
  return failures();
}
