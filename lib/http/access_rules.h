#pragma once
// The files that say who may read what.
//
//   users:   NAME:HASH[:RIGHTS[:INDEXES]]     HASH of crypt(3), or "-" for one who comes through a trusted proxy only
//   tokens:  NAME SHA256 [RIGHTS [INDEXES]]
//
// RIGHTS is a list of read, tail, fields, save, admin with commas between (default: read,tail,fields); INDEXES a list
// of names, each may end with '*' (default: *). Empty lines and lines that begin with '#' are left out.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "lib/http/principal.h"

namespace alco::http {

struct AccessOptions {
  std::string users, tokens;                 // paths; empty: none
  std::vector<std::string> trusted_proxies;  // addresses, or "unix"

  bool any() const { return !users.empty() || !tokens.empty() || !trusted_proxies.empty(); }
};

struct AccessRules {
  struct User {
    std::string hash;
    std::shared_ptr<const Grant> grant;
  };
  struct Token {
    std::string name, sha256;
    std::shared_ptr<const Grant> grant;
  };
  std::map<std::string, User> users;
  std::vector<Token> tokens;
};

// Throws Error(EX_CONFIG) that names the file, the line and what is wrong; also for a file that others can write or
// read.
AccessRules read_access_rules(const AccessOptions& options);

// Everything on every index.
std::shared_ptr<const Grant> full_grant();
// What a user has for whom nothing is said: to read, tail and fields.
std::shared_ptr<const Grant> default_grant();

}  // namespace alco::http
