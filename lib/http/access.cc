#include "lib/http/access.h"

#include <arpa/inet.h>
#include <openssl/evp.h>

#include <algorithm>

#include "lib/error.h"
#include "lib/http/password.h"
#include "lib/log.h"

namespace alco::http {
namespace {

constexpr std::chrono::seconds kRemembered{60};
// Who was right within this time is not kept out because others at the same address are wrong.
constexpr std::chrono::hours kKnown{12};
constexpr std::chrono::seconds kFailureTime{60};
constexpr unsigned kMostFailures = 5;
constexpr size_t kMostRemembered = 4096;

// nullopt if it is not Base64.
std::optional<std::string> decode_base64(const std::string& text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > 4096) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<size_t>(size) - (text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0));
  return out;
}

// "Basic xyz" with `scheme` "basic": "xyz". Schemes have no letter case.
std::optional<std::string> credentials(const std::string& header, std::string_view scheme) {
  if (header.size() <= scheme.size() || header[scheme.size()] != ' ') return std::nullopt;
  const bool same = std::equal(scheme.begin(), scheme.end(), header.begin(),
                               [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b - 'A' + 'a' : b); });
  if (!same) return std::nullopt;
  const size_t begin = header.find_first_not_of(' ', scheme.size());
  return begin == std::string::npos ? std::nullopt : std::optional(header.substr(begin));
}

// Some proxies add the port: 10.0.0.1:50412, [2001:db8::1]:50412.
std::string without_port(const std::string& address) {
  if (address.starts_with('[')) return address.substr(1, std::min(address.find(']'), address.size()) - 1);
  const size_t colon = address.find(':');
  return colon == address.rfind(':') ? address.substr(0, colon) : address;
}

// Who has one address of IPv6 has the 2^64 beside it too: they count as one client.
std::string client_network(const std::string& given) {
  const std::string address = without_port(given);
  unsigned char bytes[16];
  if (inet_pton(AF_INET6, address.c_str(), bytes) != 1) return address;
  if (std::all_of(bytes, bytes + 8, [](unsigned char byte) { return byte == 0; }))
    return address;  // ::1, ::ffff:10.0.0.1
  std::fill(bytes + 8, bytes + 16, 0);
  char text[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, bytes, text, sizeof text);
  return std::string(text) + "/64";
}

// As peers are named: what is written in another way would never be met.
AccessOptions with_plain_addresses(AccessOptions options) {
  for (std::string& proxy : options.trusted_proxies) {
    if (proxy == "unix") continue;
    in_addr four;
    in6_addr six;
    char text[INET6_ADDRSTRLEN];
    if (inet_pton(AF_INET, proxy.c_str(), &four) == 1)
      inet_ntop(AF_INET, &four, text, sizeof text);
    else if (inet_pton(AF_INET6, proxy.c_str(), &six) == 1 && IN6_IS_ADDR_V4MAPPED(&six))
      inet_ntop(AF_INET, &six.s6_addr[12], text, sizeof text);
    else if (inet_pton(AF_INET6, proxy.c_str(), &six) == 1)
      inet_ntop(AF_INET6, &six, text, sizeof text);
    else
      throw Error(EX_CONFIG, "trusted proxy '" + proxy + "': give one address, or unix");
    proxy = text;
  }
  return options;
}

}  // namespace

Access::Access(AccessOptions options)
    : options_(with_plain_addresses(std::move(options))),
      cache_key_(random_token()),
      rules_(std::make_shared<const AccessRules>(read_access_rules(options_))) {}

void Access::reload() {
  auto fresh = std::make_shared<const AccessRules>(read_access_rules(options_));
  std::lock_guard lock(mutex_);
  rules_ = std::move(fresh);  // checked_ stays: its keys contain the hashes, so that no changed or removed one is met
}

std::shared_ptr<const AccessRules> Access::rules() {
  std::lock_guard lock(mutex_);
  return rules_;
}

Principal Access::authenticate(const Request& request) {
  if (open()) return {"", full_grant()};
  return named(*rules(), request);
}

std::shared_ptr<const Grant> Access::current_grant(const Principal& principal) {
  const auto rules = this->rules();
  switch (principal.proof) {
    case Principal::Proof::none:
      return principal.grant;
    case Principal::Proof::proxy:
      return forwarded(*rules, principal.name).grant;
    case Principal::Proof::password: {
      const auto user = rules->users.find(principal.name);
      return user != rules->users.end() && user->second.hash == principal.hash ? user->second.grant : nullptr;
    }
    case Principal::Proof::token: {
      std::shared_ptr<const Grant> grant;
      for (const AccessRules::Token& one : rules->tokens)
        if (one.sha256 == principal.hash) grant = one.grant;
      return grant;
    }
  }
  return nullptr;
}

Principal Access::named(const AccessRules& rules, const Request& request) {
  if (from_trusted_proxy(request))
    if (const std::string* name = request.head.find("x-forwarded-user"); name && !name->empty())
      return forwarded(rules, *name);
  const std::string* header = request.head.find("authorization");
  if (header) {
    const std::string address = client_of(request);
    std::string client = address;
    std::optional<Principal> found;
    if (const auto token = credentials(*header, "bearer")) {
      // Nobody guesses one: who has it need not wait, and a program with an old one keeps no person out.
      found = by_token(rules, *token);
      client = "token " + address;
      if (!found) check_failures(client);
    } else if (const auto encoded = credentials(*header, "basic")) {
      found = by_password(rules, *encoded, client);
    } else {
      check_failures(client);
    }
    if (found) return *found;
    fail(client, address);
  }
  throw HttpError(401, "say who you are: a user's name and password, or a token",
                  {{"WWW-Authenticate", "Basic realm=\"ALCO\", charset=\"UTF-8\""}});
}

bool Access::from_trusted_proxy(const Request& request) const {
  const auto& proxies = options_.trusted_proxies;
  return std::find(proxies.begin(), proxies.end(), request.peer) != proxies.end();
}

std::string Access::client_of(const Request& request) const {
  if (!from_trusted_proxy(request)) return client_network(request.peer);
  const std::string* user = request.head.find("x-forwarded-user");
  if (user && !user->empty()) return "user " + *user;
  // Some proxies add to the client's header, others send one of their own behind it.
  const std::string* chain = request.head.find_last("x-forwarded-for");
  if (!chain || chain->empty()) return request.peer;
  const size_t comma = chain->rfind(',');  // behind it stands what the proxy itself has seen
  const size_t begin = chain->find_first_not_of(' ', comma == std::string::npos ? 0 : comma + 1);
  return begin == std::string::npos ? request.peer : client_network(chain->substr(begin));
}

// With a file of users only those in it are known; without, the proxy decides who may come.
Principal Access::forwarded(const AccessRules& rules, const std::string& name) const {
  const auto found = rules.users.find(name);
  if (found != rules.users.end()) return {name, found->second.grant, Principal::Proof::proxy};
  return {name, options_.users.empty() ? default_grant() : nullptr, Principal::Proof::proxy};
}

std::optional<Principal> Access::by_token(const AccessRules& rules, std::string_view token) const {
  const std::string hash = sha256_hex(token);
  std::optional<Principal> found;
  for (const AccessRules::Token& one : rules.tokens)
    if (equal_in_constant_time(one.sha256, hash)) found = Principal{one.name, one.grant, Principal::Proof::token, hash};
  return found;
}

// For names that are not there, so that their answer takes as long: the hash of another user, always the same for one
// name. Empty if nobody has a password.
std::string Access::decoy_hash(const AccessRules& rules, const std::string& name) const {
  std::vector<const std::string*> hashes;
  for (const auto& [other, user] : rules.users)
    if (user.hash != "-") hashes.push_back(&user.hash);
  if (hashes.empty()) return "";
  return *hashes[static_cast<unsigned char>(keyed_hash(cache_key_, name)[0]) % hashes.size()];
}

std::optional<Principal> Access::by_password(const AccessRules& rules, const std::string& encoded,
                                             const std::string& client) {
  const auto text = decode_base64(encoded);
  const size_t colon = text ? text->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    check_failures(client);
    return std::nullopt;
  }
  const std::string name = text->substr(0, colon), password = text->substr(colon + 1);
  const auto user = rules.users.find(name);
  const bool known = user != rules.users.end() && user->second.hash != "-";
  const std::string hash = known ? user->second.hash : decoy_hash(rules, name);
  const std::string key = keyed_hash(cache_key_, hash + "\n" + *text);
  const auto now = std::chrono::steady_clock::now();
  bool was_right = false;
  {
    std::lock_guard lock(mutex_);
    const auto it = checked_.find(key);
    was_right = known && it != checked_.end() && now - it->second < kKnown;
    if (was_right && now - it->second < kRemembered)
      return Principal{name, user->second.grant, Principal::Proof::password, hash};
  }
  if (!was_right) check_failures(client);
  if (hash.empty() || !password_matches(password, hash) || !known) return std::nullopt;
  std::lock_guard lock(mutex_);
  if (checked_.size() >= kMostRemembered && !checked_.contains(key))
    checked_.erase(std::min_element(checked_.begin(), checked_.end(),
                                    [](const auto& a, const auto& b) { return a.second < b.second; }));
  checked_[key] = now;
  return Principal{name, user->second.grant, Principal::Proof::password, hash};
}

void Access::check_failures(const std::string& client) {
  std::lock_guard lock(mutex_);
  const auto it = failures_.find(client);
  if (it == failures_.end()) return;
  if (std::chrono::steady_clock::now() - it->second.first > kFailureTime) {
    failures_.erase(it);
    return;
  }
  if (it->second.count >= kMostFailures)
    throw HttpError(429, "too many wrong passwords from this address: wait a minute", {{"Retry-After", "60"}});
}

// Somebody with many addresses must not have those forgotten that are kept out.
void Access::forget_some(std::map<std::string, Failures>& failures) {
  const auto now = std::chrono::steady_clock::now();
  std::erase_if(failures, [&](const auto& one) { return now - one.second.first > kFailureTime; });
  if (failures.size() < kMostRemembered) return;
  failures.erase(std::min_element(failures.begin(), failures.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second.count, a.second.first) < std::pair(b.second.count, b.second.first);
  }));
}

void Access::fail(const std::string& client, const std::string& address) {
  bool last = false;
  {
    std::lock_guard lock(mutex_);
    if (failures_.size() >= kMostRemembered && !failures_.contains(client)) forget_some(failures_);
    Failures& entry = failures_[client];
    if (entry.count++ == 0) entry.first = std::chrono::steady_clock::now();
    last = entry.count == kMostFailures;
  }
  if (last)
    log::warning_limited("failures", "%s: %u wrong passwords or tokens within a minute: refused until it is over",
                         address.c_str(), kMostFailures);
  throw HttpError(401, "this name and password, or this token, is not known here",
                  {{"WWW-Authenticate", "Basic realm=\"ALCO\", charset=\"UTF-8\""}});
}

}  // namespace alco::http
