// alco-fields: passes records through and keeps the field catalogue.
#include <unistd.h>

#include <optional>

#include "lib/catalogue/catalogue_report.h"
#include "lib/catalogue/field_filter.h"
#include "lib/check/checks.h"
#include "lib/config.h"
#include "lib/disk.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/tool.h"

namespace {

using namespace alco;

struct Options {
  std::string config, index, store, catalogue, field;
  bool list = false, expire = false, strict = false, check = false;
  std::optional<int> days;
  size_t max_line = size_t{4} << 20;
};

int list(Catalogue& catalogue, const IndexName& index, const std::string& field) {
  if (!field.empty() && catalogue.overflowed(index, field))
    throw Error(EX_UNAVAILABLE, field + ": too many values, they are not listed");
  const std::string text = field.empty() ? list_fields(catalogue, index) : list_values(catalogue, index, field);
  real_disk().write(STDOUT_FILENO, "stdout", text);
  return 0;
}

int expire(Catalogue& catalogue, const IndexName& index, std::optional<int> days) {
  if (!days)
    throw Error(EX_USAGE, index.str() + ": give --days N, or retention_days for this index in the configuration");
  const int64_t first_kept = utc_day(now()) - *days + 1;
  catalogue.expire(index, first_kept * (kDay / kSecond));
  return 0;
}

int pass(Catalogue& catalogue, const IndexName& index, const IndexConfig& config, const Options& options) {
  if (isatty(STDIN_FILENO)) log::notice("reading from the terminal");
  ValueTracker tracker(config);
  CatalogueFeed feed(index, catalogue, tracker);
  const auto trouble = options.strict ? CatalogueTrouble::fail : CatalogueTrouble::pass_on;
  FieldFilter(STDIN_FILENO, STDOUT_FILENO, tracker, feed, trouble, options.max_line).run();
  return 0;
}

void apply(const Options& options, Config& config) {
  if (!options.store.empty()) {
    config.store = options.store;
    config.catalogue.clear();
  }
  if (!options.catalogue.empty()) config.catalogue = options.catalogue;
}

int check_setup(const Options& options) {
  check::Findings findings;
  if (auto config = check::configuration(findings, options.config)) {
    apply(options, *config);
    check::catalogue(findings, *config, options.index);
  }
  return findings.finish();
}

int run(const Options& options) {
  Config config = load_config(options.config);
  apply(options, config);
  const IndexName index = IndexName::require(options.index);
  const IndexConfig section = config.index(index);
  const auto catalogue = open_catalogue(config.catalogue_url());
  if (options.list) return list(*catalogue, index, options.field);
  if (options.expire) return expire(*catalogue, index, options.days ? options.days : section.retention_days);
  return pass(*catalogue, index, section, options);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Pass log records through, from standard input to standard output, and note their fields and values."};
  Options options;
  app.add_option("-i,--index", options.index, "Index that the records belong to")->required()->type_name("INDEX");
  app.add_option("--config", options.config, "Configuration file")->type_name("FILE");
  app.add_option("-s,--store", options.store, "Keep the catalogue in this directory store")->type_name("STORE");
  app.add_option("--catalogue", options.catalogue, "Where the catalogue is: sqlite:/path, redis://host")
      ->type_name("URL");
  auto* listing = app.add_option("--list", options.field, "Print the known fields, or the values of FIELD, and exit")
                      ->type_name("[FIELD]")
                      ->expected(0, 1);
  auto* expiring = app.add_flag("--expire", options.expire, "Remove what is older than the retention, and exit");
  app.add_option("--days", options.days, "With --expire: keep so many days")
      ->type_name("N")
      ->check(CLI::Range(1, 36500))
      ->needs(expiring);
  app.add_flag("--strict", options.strict, "Fail if the catalogue is away, instead of passing records on");
  app.add_option("--max-line", options.max_line, "Pass longer lines on unread")
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_flag("--check", options.check, "Look at the configuration and the catalogue, and end");
  expiring->excludes(listing);
  return run_tool("alco-fields", app, argc, argv, [&] {
    options.list = listing->count() > 0;
    if (options.check) return check_setup(options);
    return run(options);
  });
}
