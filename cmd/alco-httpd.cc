// alco-httpd: the web page and the HTTP interface.
#include "lib/check/checks.h"
#include "lib/http/credentials.h"
#include "lib/http/server.h"
#include "lib/query/regex_limits.h"
#include "lib/tool.h"

namespace {

struct Options {
  std::string config, store;
  std::string new_user, new_token;
  unsigned query_seconds = 10;
  bool check = false;
  alco::http::ServerOptions server;
};

void add_limits(CLI::App& app, Options& options) {
  alco::http::Limits& limits = options.server.limits;
  app.add_option("--query-time", options.query_seconds, "Stop a search after this time")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 3600))
      ->capture_default_str();
  const auto number = [&app](const char* name, size_t& value, const char* help) {
    app.add_option(name, value, help)->type_name("N")->check(CLI::Range(1, 100'000))->capture_default_str();
  };
  const auto bytes = [&app](const char* name, auto& value, const char* help, size_t least) {
    app.add_option(name, value, help)
        ->type_name("BYTES")
        ->check(CLI::Range(least, size_t{1} << 40))
        ->capture_default_str();
  };
  number("--max-queries", limits.running, "Searches at the same time");
  number("--max-waiting", limits.waiting, "Searches that may wait for their turn");
  number("--max-client-queries", limits.running_per_client, "Searches of one client at the same time");
  number("--max-client-waiting", limits.waiting_per_client, "Searches of one client that may wait");
  number("--max-tails", limits.tails, "Live tails at the same time");
  number("--max-client-tails", limits.tails_per_client, "Live tails of one client");
  number("--max-exports", limits.exports, "Exports at the same time");
  number("--max-client-exports", limits.exports_per_client, "Exports of one client");
  number("--max-connections", limits.connections, "Open connections");
  number("--max-headers", limits.headers, "Headers of a request");
  bytes("--max-head", limits.head_bytes, "The head of a request", 1024);
  bytes("--max-uri", limits.uri_bytes, "Its URI", 512);
  bytes("--max-body", limits.body_bytes, "The body of a request", 1024);
  number("--max-page", limits.page_rows, "Events of a page");
  bytes("--max-page-bytes", limits.page_bytes, "All events of a page", 64 * 1024);
  bytes("--max-unread", limits.pending_bytes, "Answers that wait for their readers", size_t{1} << 20);
  bytes("--max-client-unread", limits.pending_bytes_per_client, "Those of one client", size_t{1} << 20);
  bytes("--max-regex", alco::query::regex_limits().bytes, "The text of a regular expression", 16);
  bytes("--regex-memory", alco::query::regex_limits().memory, "What a regular expression takes", 64 * 1024);
}

void add_access(CLI::App& app, Options& options) {
  alco::http::AccessOptions& access = options.server.access;
  app.add_option("--users", access.users, "A file of users and the hashes of their passwords")->type_name("FILE");
  app.add_option("--tokens", access.tokens, "A file of hashes of tokens")->type_name("FILE");
  app.add_option("--trusted-proxy", access.trusted_proxies,
                 "An address, or unix, whose X-Forwarded-User is believed; may repeat")
      ->type_name("ADDRESS");
  app.add_flag("--insecure-anyone", options.server.insecure_anyone,
               "Listen where others can reach it, though anyone may then read the logs");
  auto* user = app.add_option("--passwd", options.new_user, "Print a line for the file of users, and end");
  app.add_option("--token", options.new_token, "Print a line for the file of tokens, and end")
      ->type_name("NAME")
      ->excludes(user);
  user->type_name("NAME");
}

int check_setup(const Options& options) {
  alco::check::Findings findings;
  if (auto config = alco::check::configuration(findings, options.config)) {
    if (!options.store.empty()) config->store = options.store;
    alco::http::check_server(*config, options.server, findings);
  }
  return findings.finish();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Serve the web page and the HTTP interface that read the logs."};
  Options options;
  app.add_option("--config", options.config, "The configuration file")->type_name("FILE");
  app.add_option("-s,--store", options.store, "The store to read, instead of the configuration's")->type_name("URL");
  app.add_option("--listen", options.server.listen,
                 "HOST:PORT, HOST:PORT+ (the next free port) or unix:PATH; may repeat")
      ->type_name("ADDRESS");
  app.add_option("--host", options.server.hosts, "A further name by which clients call this server; may repeat")
      ->type_name("NAME");
  app.add_option("--web-dir", options.server.web_folder, "The folder of the page's files")->type_name("DIR");
  app.add_flag("--log-requests", options.server.log_requests, "Note every request on standard error");
  app.add_flag("--check", options.check, "Look at the configuration and everything that it names, and end");
  add_access(app, options);
  add_limits(app, options);
  return alco::run_tool("alco-httpd", app, argc, argv, [&] {
    if (!options.new_user.empty()) return alco::http::print_password_line(options.new_user);
    if (!options.new_token.empty()) return alco::http::print_token_line(options.new_token);
    if (options.check) return check_setup(options);
    alco::Config config = alco::load_config(options.config);
    if (!options.store.empty()) config.store = options.store;
    options.server.limits.query_time = std::chrono::seconds(options.query_seconds);
    return alco::http::run_server(config, options.server);
  });
}
