#pragma once
// One document over plain HTTP, for a host that the operator named.
#include <string>

namespace alco {

// The body of a 200 answer to GET. Ten seconds and 16 MiB at most. Throws Error: EX_USAGE for what is no
// http://host[:port]/path, EX_UNAVAILABLE if the server is not there, EX_PROTOCOL for another answer.
std::string http_fetch(const std::string& url);

}  // namespace alco
