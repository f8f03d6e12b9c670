#pragma once
// Addresses to listen on: "HOST:PORT", "[::1]:PORT", "HOST:PORT+" (the next free port) or "unix:PATH".
#include <string>

#include "lib/disk.h"

namespace alco::http {

struct ListenAddress {
  std::string host;  // empty for a Unix socket
  std::string port;
  bool next_port = false;
  std::string path;  // of a Unix socket

  // Nobody but this machine can reach it.
  bool loopback() const;
};

// Throws Error(EX_USAGE) that quotes the text.
ListenAddress parse_listen_address(const std::string& text);

struct Listener {
  Fd fd;
  std::string url;   // "http://127.0.0.1:8001/" or "unix:/run/alco.sock"
  std::string host;  // as given, for the check of the Host header
  bool unix_socket = false;
};

// Binds and listens; a Unix socket gets mode 0660, and one that was left by a dead process is replaced.
// Throws Error(EX_UNAVAILABLE) that names the address; EX_NOPERM if it may not be bound.
Listener listen_on(const ListenAddress& address);

}  // namespace alco::http
