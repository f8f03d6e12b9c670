#include "lib/http/library.h"

#include <httplib.h>

#include <algorithm>
#include <cstring>

namespace alco::http {
namespace {

// Reads a request from memory, writes to an outbox. Neither blocks.
class MemoryStream : public httplib::Stream {
 public:
  MemoryStream(std::string input, Outbox& outbox) : input_(std::move(input)), outbox_(outbox) {}

  bool is_readable() const override { return position_ < input_.size(); }
  bool is_writable() const override { return !outbox_.abandoned(); }

  ssize_t read(char* data, size_t size) override {
    const size_t count = std::min(size, input_.size() - position_);
    memcpy(data, input_.data() + position_, count);
    position_ += count;
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* data, size_t size) override {
    if (outbox_.abandoned()) return -1;
    outbox_.append({data, size});
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return 0; }

 private:
  std::string input_;
  size_t position_ = 0;
  Outbox& outbox_;
};

// One a thread: it keeps what it is working on in members.
class Library : public httplib::Server {
 public:
  Library() {
    set_pre_routing_handler([this](const httplib::Request&, httplib::Response& out) {
      answer(out);
      return HandlerResponse::Handled;
    });
    // What it says of its own accord and is not so here.
    set_post_routing_handler([](const httplib::Request&, httplib::Response& out) {
      out.headers.erase("Keep-Alive");
      out.headers.erase("Accept-Ranges");
    });
    // A handler does not throw; should one do so, no word of it goes into a header.
    set_exception_handler([](const httplib::Request&, httplib::Response& out, std::exception_ptr) {
      out.status = 500;
      out.body.clear();
    });
  }

  std::shared_ptr<Source> serve(Request& request, Outbox& outbox, const http::Handler& handler) {
    request_ = &request;
    handler_ = &handler;
    outbox_ = &outbox;
    source_.reset();
    // Only the path, without its query, whose '?' the library would not take twice.
    const std::string& target = request.head.target;
    MemoryStream stream(
        request.head.method + " " + target.substr(0, target.find('?')) + " HTTP/1.1\r\nHost: gate\r\n\r\n", outbox);
    bool closed = false;
    process_request(stream, !request.head.keep_alive, closed, nullptr);
    return std::move(source_);
  }

 private:
  void answer(httplib::Response& out) {
    Response response;
    (*handler_)(*request_, response);
    out.status = response.status;
    for (const Header& header : security_headers()) out.set_header(header.name, header.value);
    for (const Header& header : response.headers) out.set_header(header.name, header.value);
    if (!response.source) {
      if (!response.content_type.empty()) out.set_header("Content-Type", response.content_type);
      out.body = std::move(response.body);
      return;
    }
    const bool chunked = request_->head.chunks;
    if (chunked) out.set_header("Transfer-Encoding", "chunked");
    outbox_->set_framing(chunked ? Outbox::Framing::chunked : Outbox::Framing::plain);
    // The library writes the head and, with a provider of unknown length that has nothing to say, no more.
    out.set_content_provider(response.content_type, [](size_t, httplib::DataSink& sink) {
      sink.done();
      return true;
    });
    if (request_->head.method != "HEAD") source_ = std::move(response.source);
  }

  Request* request_ = nullptr;
  const http::Handler* handler_ = nullptr;
  Outbox* outbox_ = nullptr;
  std::shared_ptr<Source> source_;
};

}  // namespace

std::shared_ptr<Source> serve_with_library(Request& request, Outbox& outbox, const Handler& handler) {
  static thread_local Library library;
  return library.serve(request, outbox, handler);
}

}  // namespace alco::http
