// Servers that are reached over the network.
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include "lib/catalogue/catalogue.h"
#include "lib/check/checks.h"
#include "lib/disk.h"
#include "lib/error.h"

namespace alco::check {
namespace {

constexpr int kPatience = 3000;  // ms

struct AddressList {
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first) freeaddrinfo(first);
  }
};

// 0, or the errno of the failure.
int try_connect(const addrinfo& address) {
  Fd fd(socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return errno;
  if (connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return 0;
  if (errno != EINPROGRESS) return errno;
  pollfd wait{fd.get(), POLLOUT, 0};
  if (poll(&wait, 1, kPatience) == 0) return ETIMEDOUT;
  int failed = 0;
  socklen_t size = sizeof failed;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &failed, &size);
  return failed;
}

}  // namespace

void catalogue(Findings& findings, const Config& config, const std::string& index) {
  findings.look([&] {
    const std::string url = config.catalogue_url();
    const auto opened = open_catalogue(url);
    const std::string name = index.empty() ? "alco" : index;  // any name makes it connect
    const size_t fields = opened->fields(IndexName::require(name)).size();
    const std::string about = index.empty() ? "there" : std::to_string(fields) + " fields of " + index;
    findings.ok("catalogue " + masked_url(url) + ": " + about);
  });
}

void reachable(Findings& findings, const std::string& what, const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon), port = colon == address.npos ? "" : address.substr(colon + 1);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  AddressList list;
  if (const int failed = getaddrinfo(host.c_str(), port.c_str(), &hints, &list.first); failed != 0)
    return findings.error(EX_UNAVAILABLE, what + " " + address + ": " + gai_strerror(failed));
  int failed = 0;
  for (const addrinfo* one = list.first; one; one = one->ai_next)
    if ((failed = try_connect(*one)) == 0) return findings.ok(what + " " + address + ": takes connections");
  findings.error(EX_UNAVAILABLE, what + " " + address + ": connect: " + strerror(failed));
}

}  // namespace alco::check
