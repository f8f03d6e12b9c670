// alco-sphinxconf: prints the configuration that searchd runs on. See alco-sphinxconf(1).
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "lib/check/checks.h"
#include "lib/config.h"
#include "lib/disk.h"
#include "lib/error.h"
#include "lib/http_fetch.h"
#include "lib/sphinx_conf.h"
#include "lib/timestamp.h"
#include "lib/tool.h"

namespace {

using namespace alco;

struct Options {
  std::string config, url, script;
  std::optional<int> days;
  bool check = false;
};

std::string fetch(const std::string& url) {
  std::string text = http_fetch(url);
  if (text.find("\nsearchd\n{") == std::string::npos)
    throw Error(EX_PROTOCOL, masked_url(url) + ": the answer is no configuration of searchd");
  return text;
}

int check_setup(const Options& options) {
  check::Findings findings;
  if (!options.url.empty()) {
    findings.look(
        [&] { findings.ok(masked_url(options.url) + ": " + std::to_string(fetch(options.url).size()) + " bytes"); });
    return findings.finish();
  }
  const auto config = check::configuration(findings, options.config);
  if (!config) return findings.finish();
  findings.look([&] {
    const size_t days = sphinx_days(*config, utc_day(now()), options.days).size();
    sphinx_conf(*config, utc_day(now()), options.days);
    findings.ok("indexes of searchd: " + std::to_string(days));
  });
  check::folder(findings, "sphinx.data_dir", config->sphinx.data_dir);
  for (const std::string& agent : config->sphinx.agents) check::reachable(findings, "agent", agent);
  return findings.finish();
}

int print_conf(const Options& options) {
  std::string text;
  if (!options.url.empty()) {
    text = fetch(options.url);
    if (!options.script.empty()) prepare_sphinx_folders(real_disk(), days_of_sphinx_conf(text));
  } else {
    const Config config = load_config(options.config);
    const int64_t today = utc_day(now());
    text = sphinx_conf(config, today, options.days);
    if (!options.script.empty()) prepare_sphinx_folders(real_disk(), sphinx_days(config, today, options.days));
  }
  real_disk().write(STDOUT_FILENO, "stdout", text);
  return 0;
}

// The kernel and searchd hand all that follows the name on a #! line over as one argument.
std::vector<std::string> split_arguments(int argc, char** argv) {
  std::vector<std::string> arguments(argv, argv + argc);
  if (argc != 3 || !arguments[1].starts_with("--")) return arguments;
  const std::string line = arguments[1];
  arguments.erase(arguments.begin() + 1);
  size_t place = 1;
  for (size_t at = 0; (at = line.find_first_not_of(' ', at)) != line.npos; at = line.find(' ', at))
    arguments.insert(arguments.begin() + static_cast<ptrdiff_t>(place++), line.substr(at, line.find(' ', at) - at));
  return arguments;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments = split_arguments(argc, argv);
  std::vector<char*> pointers;
  pointers.reserve(arguments.size());
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  CLI::App app{"Print the configuration that SphinxSearch's searchd runs on."};
  Options options;
  app.add_option("script", options.script,
                 "The file whose #! line names this tool, as searchd gives it: also make and remove folders of days");
  app.add_option("--config", options.config, "ALCO's configuration file")->type_name("FILE");
  app.add_option("--days", options.days, "Days of each index, today included; default: its retention, or 30")
      ->type_name("N")
      ->check(CLI::Range(1, 3650));
  app.add_option("--url", options.url, "Fetch the text from alco-httpd: http://host:8000/collector/sphinx.conf")
      ->type_name("URL")
      ->envname("ALCO_SPHINXCONF_URL");
  app.add_flag("--check", options.check, "Look at the configuration and everything that it names, and end");
  return run_tool("alco-sphinxconf", app, static_cast<int>(pointers.size()), pointers.data(),
                  [&] { return options.check ? check_setup(options) : print_conf(options); });
}
