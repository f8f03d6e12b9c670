#include "lib/http/service.h"

#include <arpa/inet.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <new>

#include "lib/error.h"
#include "lib/log.h"

namespace alco::http {
namespace {

// "example.org:8000" as "example.org", "[::1]:8000" as "::1".
std::string host_name(const std::string& host) {
  std::string name;
  if (host.starts_with('[')) {
    name = host.substr(1, std::min(host.find(']'), host.size()) - 1);
  } else {
    name = host.substr(0, host.find(':'));
  }
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (name.ends_with('.')) name.pop_back();
  return name;
}

bool is_numeric_address(const std::string& name) {
  unsigned char bytes[16];
  return inet_pton(AF_INET, name.c_str(), bytes) == 1 || inet_pton(AF_INET6, name.c_str(), bytes) == 1;
}

// Scripts of other sites get nothing, whatever the browser would do with the answer.
void check_origin(const Request& request) {
  if (request.target.segments.empty() || request.target.segments[0] != "api") return;
  // A form of another site cannot send this type, and its script may not ask to.
  if (request.head.method != "GET" && request.head.method != "HEAD") {
    const std::string* type = request.head.find("content-type");
    if (!type || !type->starts_with("application/json"))
      throw HttpError(415, "what changes something must be sent with Content-Type: application/json");
  }
  // Browsers let no page set this one; behind a proxy the Host may be another than the page's.
  if (const std::string* site = request.head.find("sec-fetch-site")) {
    if (*site == "same-origin" || *site == "none") return;
    throw HttpError(403, "another site's page may not call this interface");
  }
  const std::string* origin = request.head.find("origin");
  if (!origin) return;
  const size_t scheme = origin->find("://");
  if (scheme == std::string::npos || origin->substr(scheme + 3) != *request.head.find("host"))
    throw HttpError(403, "another site's page may not call this interface");
}

// The one thing that needs no name: it tells nothing.
bool is_health_check(const Request& request) {
  return request.target.segments.size() == 1 && request.target.segments[0] == "healthz";
}

void answer_error(Response& response, int status, const std::string& sentence, const std::vector<Header>& headers) {
  response = Response();
  response.status = status;
  response.headers = headers;
  response.body = error_json(sentence);
}

// The client gets a number, the log gets the reason under that number.
void answer_trouble(Response& response, int status, const std::string& sentence, const char* reason) {
  static std::atomic<unsigned> count{0};
  const std::string id = std::to_string(++count);
  log::warning_limited(reason, "request error %s: %s", id.c_str(), reason);
  answer_error(response, status, sentence, {});
  response.body = response.body.substr(0, response.body.size() - 2) + ",\"id\":\"" + id + "\"}\n";
  if (status == 503) response.headers.push_back({"Retry-After", "5"});
}

}  // namespace

Service::Service(const Router& router, Access& access, std::set<std::string> hosts)
    : router_(router), access_(access), hosts_(std::move(hosts)) {}

void Service::check_host(const Request& request) const {
  const std::string name = host_name(*request.head.find("host"));
  if (name == "localhost" || hosts_.contains(name) || is_numeric_address(name)) return;
  throw HttpError(421, "this server is not called by that name: start alco-httpd with --host NAME to allow it");
}

void Service::handle(Request& request, Response& response) {
  const auto begin = std::chrono::steady_clock::now();
  answer(request, response);
  if (!logging_) return;
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  const std::string& name = request.principal.name;
  log::notice("%s %s %s %s %d %jd ms", request.peer.c_str(), name.empty() ? "-" : name.c_str(),
              request.head.method.c_str(), request.head.target.c_str(), response.status,
              static_cast<intmax_t>(took.count()));
}

void Service::answer(Request& request, Response& response) {
  try {
    check_host(request);
    check_origin(request);
    if (!is_health_check(request)) request.principal = access_.authenticate(request);
    router_.route(request, response);
  } catch (const HttpError& error) {
    answer_error(response, error.status(), error.what(), error.headers());
  } catch (const Error& error) {
    const bool theirs = error.code() == EX_USAGE;
    if (theirs)
      answer_error(response, 400, error.what(), {});
    else if (error.code() == EX_UNAVAILABLE || error.code() == EX_TEMPFAIL)
      answer_trouble(response, 503, "the store does not answer: try again", error.what());
    else
      answer_trouble(response, 500, "the store could not be read: the log of alco-httpd says why", error.what());
  } catch (const std::bad_alloc&) {
    answer_trouble(response, 503, "there is no memory for this answer: ask for less", "out of memory");
  } catch (const std::exception& error) {
    answer_trouble(response, 500, "this is a bug in alco-httpd: its log says more", error.what());
  }
  for (const Header& header : response.headers)
    if (header.name == "Cache-Control") return;
  response.headers.push_back({"Cache-Control", "no-store"});
}

}  // namespace alco::http
