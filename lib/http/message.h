#pragma once
// A request and its answer, as the handlers see them.
#include <atomic>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "lib/http/head.h"
#include "lib/http/outbox.h"
#include "lib/http/principal.h"
#include "lib/http/url.h"

namespace alco::http {

struct Request {
  Head head;
  Target target;
  std::string body;
  std::string peer;              // the client's address as text, from its socket; "unix" for a Unix socket
  std::string client;            // whose share of what there is it takes
  Principal principal;           // set by the service before a handler runs
  std::weak_ptr<Outbox> outbox;  // of its answer

  // Set when the client went away or the time for queries is over: lend it to ScanRequest::cancel.
  std::atomic<bool> cancel{false};
  std::atomic<bool> late{false};  // it was the time

  // The first value of a parameter, or nullptr.
  const std::string* param(std::string_view name) const;
};

// A body that is made while it is sent. Its calls come from one thread at a time, not always the same one.
class Source {
 public:
  enum class State {
    more,    // call again when the client has taken most of it
    pushed,  // it appends by itself as long as pushes() says so, and wakes the gate
    done,
    failed,  // the connection is broken off, so that the client sees that something is missing
  };
  virtual ~Source() = default;
  // Appends some (256 KiB or so) with append_body(). Stops soon when outbox->abandoned().
  virtual State fill(const std::shared_ptr<Outbox>& outbox) = 0;
  virtual bool pushes() const { return false; }
};

struct Response {
  int status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::vector<Header> headers;  // beside those that every answer has
  std::string body;
  std::shared_ptr<Source> source;  // in place of a body
};

// Thrown by handlers; becomes {"error": "…"} with that status.
class HttpError : public std::runtime_error {
 public:
  HttpError(int status, const std::string& sentence, std::vector<Header> headers = {})
      : std::runtime_error(sentence), status_(status), headers_(std::move(headers)) {}
  int status() const { return status_; }
  const std::vector<Header>& headers() const { return headers_; }

 private:
  int status_;
  std::vector<Header> headers_;
};

// The body of an error.
std::string error_json(std::string_view sentence);

// On every answer, the gate's refusals included.
const std::vector<Header>& security_headers();

}  // namespace alco::http
