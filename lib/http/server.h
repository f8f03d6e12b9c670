#pragma once
// alco-httpd as one function.
#include <string>
#include <vector>

#include "lib/check/findings.h"
#include "lib/config.h"
#include "lib/http/access_rules.h"
#include "lib/http/limits.h"

namespace alco::http {

struct ServerOptions {
  std::vector<std::string> listen;  // empty: as the configuration says
  std::string web_folder;           // empty: where find_web_folder() looks
  std::vector<std::string> hosts;   // further names by which clients may call
  AccessOptions access;             // added to the configuration's
  bool insecure_anyone = false;     // listen for everybody without knowing anybody
  bool log_requests = false;
  Limits limits;
};

// Serves until SIGTERM or SIGINT; prints the URL of each address to stdout when it listens. Returns 0.
// Throws Error(EX_CONFIG) if an address that others reach is to be served to anyone.
int run_server(const Config& config, const ServerOptions& options);

// --check: whether run_server() has what it needs.
void check_server(const Config& config, const ServerOptions& options, check::Findings& findings);

}  // namespace alco::http
