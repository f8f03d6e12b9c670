#include "lib/http/listener.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "lib/error.h"

namespace alco::http {
namespace {

constexpr int kBacklog = 4096;  // as many as the system allows
constexpr unsigned kPortsToTry = 100;

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first) freeaddrinfo(first);
  }
};

Error bind_error(const std::string& name, const char* call, int errnum) {
  const int code = errnum == EACCES || errnum == EPERM ? EX_NOPERM : EX_UNAVAILABLE;
  return Error(code, name + ": " + call + ": " + strerror(errnum));
}

Fd bind_unix(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path)
    throw Error(EX_USAGE,
                "unix:" + path + ": the path must have 1 to " + std::to_string(sizeof address.sun_path - 1) + " bytes");
  memcpy(address.sun_path, path.data(), path.size());
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw system_error("unix:" + path, "socket", errno);
  struct stat status;
  if (lstat(path.c_str(), &status) == 0 && S_ISSOCK(status.st_mode)) {
    Fd probe(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (connect(probe.get(), generic, sizeof address) == 0)
      throw Error(EX_UNAVAILABLE, "unix:" + path + ": bind: another process listens there");
    if (errno == ECONNREFUSED) unlink(path.c_str());
  }
  const mode_t old_mask = umask(0117);  // 0660: the socket must never be there with more
  const int failed = bind(fd.get(), generic, sizeof address) != 0 ? errno : 0;
  umask(old_mask);
  if (failed) throw bind_error("unix:" + path, "bind", failed);
  if (listen(fd.get(), kBacklog) != 0) throw bind_error("unix:" + path, "listen", errno);
  return fd;
}

// An empty Fd and `errnum` if it can't be bound.
Fd bind_tcp(const std::string& host, const std::string& port, int& errnum) {
  const std::string name = host + ":" + port;
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  AddressList list;
  const int failed = getaddrinfo(host.empty() ? nullptr : host.c_str(), port.c_str(), &hints, &list.first);
  if (failed) throw Error(EX_UNAVAILABLE, name + ": " + gai_strerror(failed));
  for (const addrinfo* one = list.first; one; one = one->ai_next) {
    Fd fd(socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, one->ai_protocol));
    const int yes = 1;
    if (fd) setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (fd && bind(fd.get(), one->ai_addr, one->ai_addrlen) == 0 && listen(fd.get(), kBacklog) == 0) return fd;
    errnum = errno;
  }
  return Fd();
}

std::string bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw system_error("socket", "getsockname", errno);
  const in_port_t port = address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                                       : reinterpret_cast<sockaddr_in&>(address).sin_port;
  return std::to_string(ntohs(port));
}

}  // namespace

bool ListenAddress::loopback() const {
  in_addr four;  // a name may begin with 127., too
  const bool own = inet_pton(AF_INET, host.c_str(), &four) == 1 && ntohl(four.s_addr) >> 24 == 127;
  return !path.empty() || host == "localhost" || host == "::1" || own;
}

ListenAddress parse_listen_address(const std::string& text) {
  ListenAddress address;
  if (text.starts_with("unix:")) {
    address.path = text.substr(5);
    return address;
  }
  const size_t colon = text.rfind(':');
  std::string port = colon == std::string::npos ? "" : text.substr(colon + 1);
  if (port.ends_with('+')) {
    address.next_port = true;
    port.pop_back();
  }
  unsigned number = 0;
  const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), number);
  std::string host = text.substr(0, std::min(colon, text.size()));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host.empty() || port.empty() || failed != std::errc() || end != port.data() + port.size() || number > 65535)
    throw Error(EX_USAGE, "'" + text + "' is no address to listen on: HOST:PORT, HOST:PORT+ or unix:PATH");
  address.host = host;
  address.port = port;
  return address;
}

Listener listen_on(const ListenAddress& address) {
  Listener listener;
  if (!address.path.empty()) {
    listener.fd = bind_unix(address.path);
    listener.url = "unix:" + address.path;
    listener.unix_socket = true;
    return listener;
  }
  unsigned port = 0;
  std::from_chars(address.port.data(), address.port.data() + address.port.size(), port);
  const unsigned last = address.next_port && port > 0 ? std::min(port + kPortsToTry - 1, 65535u) : port;
  int errnum = 0;
  for (; port <= last && !listener.fd; ++port) {
    listener.fd = bind_tcp(address.host, std::to_string(port), errnum);
    if (!listener.fd && errnum != EADDRINUSE) break;
  }
  if (!listener.fd) throw bind_error(address.host + ":" + address.port, "bind", errnum);
  const bool six = address.host.find(':') != std::string::npos;
  listener.host = address.host;
  listener.url =
      "http://" + (six ? "[" + address.host + "]" : address.host) + ":" + bound_port(listener.fd.get()) + "/";
  return listener;
}

}  // namespace alco::http
