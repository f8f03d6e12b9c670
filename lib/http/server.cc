#include "lib/http/server.h"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "lib/check/checks.h"
#include "lib/disk.h"
#include "lib/error.h"
#include "lib/http/access.h"
#include "lib/http/api.h"
#include "lib/http/gate.h"
#include "lib/http/service.h"
#include "lib/log.h"
#include "lib/supervisor.h"

namespace alco::http {
namespace {

constexpr size_t kOwnDescriptors = 256;  // for the store's files and the rest

// As many descriptors as the system gives; the connections have to make do with them.
void raise_descriptor_limit(Limits& limits) {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, limits.connections + 4 * kOwnDescriptors);
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  const size_t own = std::min<size_t>(kOwnDescriptors, limit.rlim_cur / 2);
  limits.connections = std::min<size_t>(limits.connections, limit.rlim_cur - own);
  limits.reading_connections = std::min(limits.reading_connections, limits.connections);
}

// The blocks that searches unpack are large and short-lived. By default each thread of glibc keeps them: 100 tails that
// were opened at the same time left 190 MB behind, with this 20 MB; searches take the same time.
void give_memory_back() {
#ifdef __GLIBC__
  mallopt(M_ARENA_MAX, 2);
  mallopt(M_MMAP_THRESHOLD, 64 * 1024);
#endif
}

std::vector<std::string> listen_texts(const Config& config, const ServerOptions& options) {
  return options.listen.empty() ? std::vector<std::string>{config.http.listen} : options.listen;
}

std::vector<ListenAddress> listen_addresses(const Config& config, const ServerOptions& options, const Access& access) {
  std::vector<ListenAddress> parsed;
  for (const std::string& text : listen_texts(config, options)) {
    parsed.push_back(parse_listen_address(text));
    if (!parsed.back().loopback() && access.open() && !options.insecure_anyone)
      throw Error(EX_CONFIG, text +
                                 ": others reach this address, and anyone could read the logs there: set up users or a "
                                 "trusted proxy, or insist with --insecure-anyone");
  }
  return parsed;
}

std::set<std::string> host_names(const std::vector<Listener>& listeners, const Config& config,
                                 const ServerOptions& options) {
  std::set<std::string> names;
  const auto add = [&](std::string name) {
    for (char& c : name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    names.insert(std::move(name));
  };
  for (const Listener& listener : listeners) add(listener.host);
  for (const auto* names_given : {&config.http.hosts, &options.hosts})
    for (const std::string& name : *names_given) add(name);
  return names;
}

// Without its catalogue the server knows fewer values, and serves all the same.
std::unique_ptr<Catalogue> open_catalogue_if_there(const Config& config) {
  try {
    return open_catalogue(config.catalogue_url());
  } catch (const Error& error) {
    log::warning("no values of the catalogue: %s", error.what());
    return nullptr;
  }
}

AccessOptions access_options(const Config& config, const ServerOptions& options) {
  AccessOptions access = options.access;
  if (access.users.empty()) access.users = config.http.users;
  if (access.tokens.empty()) access.tokens = config.http.tokens;
  for (const std::string& proxy : config.http.trusted_proxies) access.trusted_proxies.push_back(proxy);
  return access;
}

}  // namespace

void check_server(const Config& config, const ServerOptions& options, check::Findings& findings) {
  findings.look([&] {
    const std::string folder = find_web_folder(options.web_folder);
    [[maybe_unused]] const StaticFiles files(folder);  // throws
    findings.ok("page: " + folder);
  });
  findings.look([&] {
    const AccessOptions who = access_options(config, options);
    const Access access(who);
    for (const std::string& file : {who.users, who.tokens})
      if (!file.empty()) findings.ok(file + ": can be used");
    for (const std::string& proxy : who.trusted_proxies) findings.ok("trusted proxy " + proxy);
    if (access.open()) findings.note("nobody has to say who they are");
    listen_addresses(config, options, access);
    for (const std::string& text : listen_texts(config, options)) findings.ok("listen on " + text);
  });
  check::store(findings, config.store, config, "", check::Purpose::read);
  check::catalogue(findings, config, "");
}

int run_server(const Config& config, const ServerOptions& options) {
  give_memory_back();
  Limits limits = options.limits;
  raise_descriptor_limit(limits);
  const StaticFiles files(find_web_folder(options.web_folder));
  Access access(access_options(config, options));
  const auto store = open_store(config.store, config);
  const auto catalogue = open_catalogue_if_there(config);
  std::vector<Listener> listeners;
  for (const ListenAddress& address : listen_addresses(config, options, access))
    listeners.push_back(listen_on(address));
  Leases leases([&access](const Principal& principal) { return access.current_grant(principal); });
  Archive archive(*store, config, catalogue.get(), leases);
  Places export_places("exports", limits.exports, limits.exports_per_client);
  Places tail_places("tails", limits.tails, limits.tails_per_client);
  TailHub tails;
  SavedSearches saved(real_disk(), saved_searches_path(config.store, config.sphinx.data_dir));
  ProgressBoard progress;
  RejectedLines rejected;
  const Gate* running = nullptr;  // set before the first request
  const Api api{archive, config, limits, tails, tail_places, export_places, saved, progress, rejected, [&running] {
                  return ServerLoad{running->connections(),   running->pool().running(), running->pool().waiting(),
                                    running->pending_bytes(), running->requests(),       running->refused()};
                }};
  Router router;
  add_routes(router, api, files);
  Service service(router, access, host_names(listeners, config, options));
  if (options.log_requests) service.log_requests();
  for (const Listener& listener : listeners) printf("%s\n", listener.url.c_str());
  if (fflush(stdout) != 0) throw system_error("stdout", "write", errno);
  Gate gate(
      std::move(listeners), limits, [&](const Request& request) { return router.lane(request); },
      [&](const Request& request) { return access.client_of(request); },
      [&](Request& request, Response& response) { service.handle(request, response); });
  running = &gate;
  supervisor::ready("listening");
  gate.run([&] {
    supervisor::reloading("reading the users and tokens again");
    try {
      access.reload();
      leases.recheck();
      log::notice("read the users and tokens again");
    } catch (const Error& error) {
      log::error("kept the users and tokens as they were: %s", error.what());
    }
    supervisor::ready("listening");
  });
  return 0;
}

}  // namespace alco::http
