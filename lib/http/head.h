#pragma once
// The head of an HTTP/1.x request, parsed strictly: what two programs could read in two ways is refused.
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lib/http/limits.h"

namespace alco::http {

struct Header {
  std::string name;  // of a request: in lower case
  std::string value;
};

struct Head {
  std::string method;
  std::string target;  // origin form, begins with '/'; still percent-encoded
  bool keep_alive = false;
  bool chunks = false;  // the client understands a body in chunks: HTTP/1.1
  size_t content_length = 0;
  std::vector<Header> headers;

  // The value of the first header of that name (lower case), or nullptr.
  const std::string* find(std::string_view name) const;
  const std::string* find_last(std::string_view name) const;
};

struct Refusal {
  int status;
  std::string reason;  // a sentence for the client; quotes nothing of the request
};

// Looks for the end of the head in what came so far: its length with the empty line, 0 if there must come more, or a
// refusal if more would not help. Cheap to call again for each piece: `scanned` (0 at first) says what was seen before.
std::variant<size_t, Refusal> find_head_end(std::string_view received, size_t& scanned, const Limits& limits);

// `block` is a whole head with the empty line at its end.
std::variant<Head, Refusal> parse_head(std::string_view block, const Limits& limits);

}  // namespace alco::http
