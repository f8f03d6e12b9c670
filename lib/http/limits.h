#pragma once
// What one alco-httpd takes from its clients, all in one place. alco-httpd(1) lists the options that change them.
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace alco::http {

struct Limits {
  // A request.
  size_t head_bytes = 16 * 1024;  // request line and headers
  size_t headers = 64;
  size_t uri_bytes = 4 * 1024;
  size_t path_bytes = 512;  // of the URI without its query
  size_t body_bytes = 64 * 1024;

  // Time.
  std::chrono::milliseconds head_time{10'000};   // for the whole head and body
  std::chrono::milliseconds idle_time{15'000};   // between two requests on one connection
  std::chrono::milliseconds stall_time{20'000};  // in which a reader takes 64 KiB, or all there is
  std::chrono::milliseconds query_time{10'000};  // for an answer that is not streamed

  // Work.
  size_t running = 8;              // queries at once; as many threads
  size_t waiting = 32;             // queries in the queue, then 503
  size_t running_per_client = 4;   // the others of that client wait
  size_t waiting_per_client = 16;  // then 429
  size_t tails = 256;
  size_t tails_per_client = 128;  // then 429
  size_t exports = 16;
  size_t exports_per_client = 8;

  // Memory and descriptors.
  size_t connections = 4096;
  size_t reading_connections = 1024;  // idle or still sending a request; then the oldest is closed
  uint64_t page_rows = 10'000;
  size_t page_bytes = 16 * 1024 * 1024;
  // Answers not yet taken by their readers. What is no query (the page, its files) has so much room more.
  size_t pending_bytes = 256 * 1024 * 1024;  // all together; then 503
  size_t pending_bytes_light = 32 * 1024 * 1024;
  size_t pending_bytes_per_client = 64 * 1024 * 1024;  // then 429
};

}  // namespace alco::http
