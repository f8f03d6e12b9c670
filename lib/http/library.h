#pragma once
// cpp-httplib behind a wall: it gets requests that the gate has parsed, checked and written anew, and a stream that
// ends in memory. It never sees a socket, a header or an escape of a client.
#include <functional>
#include <memory>

#include "lib/http/message.h"

namespace alco::http {

using Handler = std::function<void(Request&, Response&)>;  // must not throw

// Answers `request` into `outbox`, its body included unless it is streamed; then that is returned and the
// framing of `outbox` is set for it. On a HEAD request nothing is streamed.
std::shared_ptr<Source> serve_with_library(Request& request, Outbox& outbox, const Handler& handler);

}  // namespace alco::http
