#pragma once
// Finds out who asks: HTTP Basic, a bearer token, or the word of a trusted proxy. No sessions, no cookies.
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "lib/http/access_rules.h"
#include "lib/http/message.h"

namespace alco::http {

// Thread-safe.
class Access {
 public:
  // Reads the files. Throws as read_access_rules().
  explicit Access(AccessOptions options);

  // Nobody has to say who they are.
  bool open() const { return !options_.any(); }

  // Throws HttpError: 401; 429 for an address that failed too often in the last minute.
  Principal authenticate(const Request& request);

  // Whose requests count together, for limits: the address; behind a trusted proxy the user or address that it names.
  std::string client_of(const Request& request) const;

  // Reads the files again. Throws, and keeps what it had, if they are wrong.
  void reload();

  // What somebody who was let in before may do by now; null if with the same words nobody would be let in.
  std::shared_ptr<const Grant> current_grant(const Principal& principal);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Failures {
    Time first;
    unsigned count = 0;
  };
  static void forget_some(std::map<std::string, Failures>& failures);

  std::shared_ptr<const AccessRules> rules();
  bool from_trusted_proxy(const Request& request) const;
  Principal forwarded(const AccessRules& rules, const std::string& name) const;
  std::optional<Principal> by_token(const AccessRules& rules, std::string_view token) const;
  std::optional<Principal> by_password(const AccessRules& rules, const std::string& encoded, const std::string& client);
  std::string decoy_hash(const AccessRules& rules, const std::string& name) const;
  Principal named(const AccessRules& rules, const Request& request);
  void check_failures(const std::string& client);
  [[noreturn]] void fail(const std::string& client, const std::string& address);

  const AccessOptions options_;
  const std::string cache_key_;  // random, of this process
  std::mutex mutex_;             // guards the rest
  std::shared_ptr<const AccessRules> rules_;
  std::map<std::string, Time> checked_;       // keyed hash of credentials that were right: when
  std::map<std::string, Failures> failures_;  // by client_of(), of tokens by "token " and that
};

}  // namespace alco::http
