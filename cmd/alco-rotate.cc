// alco-rotate: retention, merging and checking of a store. See alco-rotate(1).
#include <unistd.h>

#include <optional>

#include "lib/check/checks.h"
#include "lib/config.h"
#include "lib/error.h"
#include "lib/rotation.h"
#include "lib/sphinx_rotation.h"
#include "lib/stop.h"
#include "lib/store/store.h"
#include "lib/tool.h"

namespace {

using namespace alco;

struct Options {
  std::string config, index, store;
  std::optional<int> days;
  std::optional<uint64_t> bytes;
  bool merge = false, verify = false, dry_run = false, force = false, doctor = false, check = false;
};

Retention retention_of(const Options& options, const IndexConfig& index) {
  Retention retention{index.retention_days, index.retention_bytes};
  if (options.days) retention.days = options.days;
  if (options.bytes) retention.bytes = options.bytes;
  return retention;
}

int rotate_searchd(const Options& options, const Config& config) {
  LineWriter out(STDOUT_FILENO, "stdout");
  if (options.doctor) {
    heal_binlog(config, out, options.dry_run);
    return 0;
  }
  if (options.days || options.bytes)
    throw Error(EX_USAGE, "--days, --bytes: searchd's days are retention_days of its configuration");
  if (options.verify) throw Error(EX_USAGE, "--verify: only a directory store can be checked; see indextool(1)");
  if (!options.index.empty() && !config.indexes.contains(options.index))
    throw Error(EX_NOINPUT, "no index '" + options.index + "' in the configuration");
  SphinxRotation rotation(config, out, options.dry_run);
  if (options.merge) {
    rotation.merge(options.index);
    return 0;
  }
  const auto catalogue = open_catalogue(config.catalogue_url());
  return rotation.rotate(options.index, options.force ? Force::yes : Force::no, *catalogue) ? 0 : EX_TEMPFAIL;
}

void apply(const Options& options, Config& config) {
  if (options.store.empty()) return;
  config.store = options.store;
  config.catalogue.clear();
}

int check_setup(const Options& options) {
  check::Findings findings;
  if (auto config = check::configuration(findings, options.config)) {
    apply(options, *config);
    check::retention(findings, *config);
    check::store(findings, config->store, *config, options.index, check::Purpose::write);
    check::catalogue(findings, *config, options.index);
  }
  return findings.finish();
}

int rotate(const Options& options) {
  Config config = load_config(options.config);
  apply(options, config);
  if (options.doctor || config.store.starts_with("sphinx:")) return rotate_searchd(options, config);
  const auto store = open_store(config.store, config);
  std::vector<IndexName> indexes = store->indexes();
  if (!options.index.empty()) {
    indexes = {IndexName::require(options.index)};
    store->reader(indexes.front());  // says which there are, if this one is not
  }
  const auto catalogue = open_catalogue(config.catalogue_url());
  LineWriter out(STDOUT_FILENO, "stdout");
  Rotation rotation(config.store.substr(4), out, options.dry_run);
  int status = 0;
  for (const IndexName& index : indexes) {
    if (stop::requested()) break;
    const Retention retention = retention_of(options, config.index(index));
    const Force force = options.force ? Force::yes : Force::no;
    if (!options.merge && !options.verify && !rotation.drop_days(index, retention, force, *catalogue))
      status = EX_TEMPFAIL;
    if (options.merge) rotation.merge(index);
    if (options.verify && !rotation.verify(index)) status = EX_DATAERR;
  }
  out.flush();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Remove days that are past their retention, make new ones in searchd; merge and check what is kept."};
  Options options;
  app.add_option("-i,--index", options.index, "Only this index; default: all")->type_name("INDEX");
  app.add_option("-s,--store", options.store,
                 "The store, dir:/path or sphinx://host:port; default: from the configuration")
      ->type_name("STORE");
  app.add_option("--config", options.config, "Configuration file")->type_name("FILE");
  app.add_option("--days", options.days, "Keep so many days, today included")
      ->type_name("N")
      ->check(CLI::Range(1, 36500));
  app.add_option("--bytes", options.bytes, "Keep the newest days that fit into so many bytes")
      ->type_name("N")
      ->transform(CLI::AsSizeValue(false));
  app.add_flag("--force", options.force, "Remove more than a fifth of the days in one run");
  app.add_flag("--merge", options.merge, "Instead: merge the small pieces of each day");
  app.add_flag("--verify", options.verify, "Instead: read everything and report what is damaged");
  app.add_flag("--doctor", options.doctor,
               "Instead: before a start of searchd, move a binlog aside that it would refuse");
  app.add_flag("--dry-run", options.dry_run, "Only print what would be done");
  app.add_flag("--check", options.check, "Instead: look at the configuration, the store and the catalogue, and end");
  return run_tool("alco-rotate", app, argc, argv,
                  [&] { return options.check ? check_setup(options) : rotate(options); });
}
