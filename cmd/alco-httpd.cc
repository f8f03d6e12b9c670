// alco-httpd: the web page and the HTTP interface.
#include "lib/http/server.h"
#include "lib/tool.h"

namespace {

struct Options {
  std::string config, store;
  unsigned query_seconds = 10;
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
  number("--max-queries", limits.running, "Searches at the same time");
  number("--max-waiting", limits.waiting, "Searches that may wait for their turn");
  number("--max-client-queries", limits.running_per_client, "Searches of one client at the same time");
  number("--max-client-waiting", limits.waiting_per_client, "Searches of one client that may wait");
  number("--max-tails", limits.tails, "Live tails at the same time");
  number("--max-exports", limits.exports, "Exports at the same time");
  number("--max-connections", limits.connections, "Open connections");
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
  app.add_flag("--insecure-anyone", options.server.insecure_anyone,
               "Listen where others can reach it, though anyone may then read the logs");
  add_limits(app, options);
  return alco::run_tool("alco-httpd", app, argc, argv, [&] {
    alco::Config config = alco::load_config(options.config);
    if (!options.store.empty()) config.store = options.store;
    options.server.limits.query_time = std::chrono::seconds(options.query_seconds);
    return alco::http::run_server(config, options.server);
  });
}
