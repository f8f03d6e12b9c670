#pragma once
// What happens to every request around its handler: who asks, from which page, under which name; and errors as JSON.
#include <set>
#include <string>

#include "lib/http/access.h"
#include "lib/http/router.h"

namespace alco::http {

class Service {
 public:
  // Borrows both. `hosts`: names by which clients may call this server, in lower case, beside localhost and numeric
  // addresses; any other Host header is refused, since a page of that name could read the answers (DNS rebinding).
  Service(const Router& router, Access& access, std::set<std::string> hosts);

  // Notes every request in the log: who, from where, what, the status and how long it took; never what was found.
  void log_requests() { logging_ = true; }

  void handle(Request& request, Response& response);  // does not throw

 private:
  void answer(Request& request, Response& response);
  void check_host(const Request& request) const;

  const Router& router_;
  Access& access_;
  std::set<std::string> hosts_;
  bool logging_ = false;
};

}  // namespace alco::http
