// alco-index: stores NDJSON records from standard input. See alco-index(1).
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "lib/check/checks.h"
#include "lib/config.h"
#include "lib/delivery/indexer.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/store/event_limits.h"
#include "lib/tool.h"
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace {

constexpr size_t kMaxLine = size_t{64} << 20;  // of a line this long the whole goes to the rejected file

struct Options {
  std::string index, store, config;
  uint64_t batch = 0, interval = 0;
  size_t max_record = size_t{4} << 20;
  size_t max_fields = alco::IndexerOptions().max_fields;
  int ack_fd = -1;
  bool strict = false, check = false;
};

int ack_fd_of_environment() {
  const char* text = getenv("ALCO_ACK_FD");
  if (!text || !*text) return -1;
  const std::string_view number = text;
  int fd = -1;
  const auto [end, failed] = std::from_chars(number.data(), number.data() + number.size(), fd);
  if (failed != std::errc() || end != number.data() + number.size() || fd < 0)
    throw alco::Error(EX_USAGE, "ALCO_ACK_FD: not a descriptor: " + std::string(number));
  return fd;
}

int check_setup(const Options& options) {
  alco::check::Findings findings;
  if (const auto config = alco::check::configuration(findings, options.config))
    alco::check::store(findings, options.store.empty() ? config->store : options.store, *config, options.index,
                       alco::check::Purpose::write);
  return findings.finish();
}

// Blocks are built again and again: their memory is kept, not given back and faulted in anew.
void keep_memory() {
#ifdef __GLIBC__
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
  mallopt(M_MMAP_THRESHOLD, 64 << 20);
#endif
}

int index_input(const Options& options) {
  keep_memory();
  const alco::IndexName index = alco::IndexName::require(options.index);
  const alco::Config config = alco::load_config(options.config);
  const std::string url = options.store.empty() ? config.store : options.store;
  const auto store = alco::open_store(url, config);
  const auto writer = store->writer(index);
  alco::RejectedFile rejected(alco::real_disk(), alco::rejected_path(url, config.sphinx.data_dir, index));
  alco::IndexerOptions how;
  how.name = index.str();
  how.batch = options.batch;
  how.interval = std::chrono::milliseconds(options.interval);
  how.strict = options.strict;
  how.max_record = options.max_record;
  how.max_fields = options.max_fields;
  how.ack_fd = options.ack_fd >= 0 ? options.ack_fd : ack_fd_of_environment();
  how.index = config.index(index);
  if (isatty(STDIN_FILENO)) alco::log::notice("reading from the terminal");
  alco::LineReader in(STDIN_FILENO, "stdin", kMaxLine);
  return alco::Indexer(in, *writer, rejected, how).run();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Store NDJSON records from standard input."};
  Options options;
  app.add_option("-i,--index", options.index, "Store into this index")->required()->type_name("NAME");
  app.add_option("-s,--store", options.store, "The store; default: from the configuration")->type_name("URL");
  app.add_option("--config", options.config, "The configuration file")->type_name("FILE");
  app.add_option("--batch", options.batch, "Commit after so many events")->type_name("N");
  app.add_option("--interval", options.interval, "Commit so long after the first event")->type_name("MS");
  app.add_option("--max-record", options.max_record, "Cut longer lines")->type_name("BYTES")->capture_default_str();
  app.add_option("--max-fields", options.max_fields, "Cut records with more members")
      ->type_name("N")
      ->check(CLI::Range(size_t{1}, alco::store::kMostMembers))
      ->capture_default_str();
  app.add_option("--ack-fd", options.ack_fd, "Write acknowledgements there; default: $ALCO_ACK_FD")->type_name("FD");
  app.add_flag("--strict", options.strict, "End with status 65 at a line that is not a JSON object");
  app.add_flag("--check", options.check, "Look at the configuration and the store, and end");
  return alco::run_tool("alco-index", app, argc, argv,
                        [&] { return options.check ? check_setup(options) : index_input(options); });
}
