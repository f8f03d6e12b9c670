// alco-consume: a broker, files or standard input to NDJSON records. See alco-consume(1).
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "lib/check/checks.h"
#include "lib/collect/follow_source.h"
#include "lib/collect/read_source.h"
#include "lib/config.h"
#include "lib/delivery/amqp_source.h"
#include "lib/delivery/collecting.h"
#include "lib/delivery/deliver.h"
#include "lib/delivery/processes.h"
#include "lib/error.h"
#include "lib/tool.h"

namespace {

struct Options {
  std::vector<std::string> sources;
  std::string index, store, config, state;
  std::string format = "auto", multiline = "auto", ack = "written", id = "content";
  bool follow = false, poll = false, check = false;
  size_t max_record = size_t{4} << 20;
  uint64_t stats = 0, stall = 2000, drain = 30, give_back = 1500;
  alco::DeliveryOptions delivery;
};

alco::LineFormat format_of(const std::string& name) {
  if (name == "json") return alco::LineFormat::json;
  if (name == "text") return alco::LineFormat::text;
  if (name == "journald") return alco::LineFormat::journald;
  return alco::LineFormat::automatic;
}

std::string host_name() {
  char name[256] = "";
  if (gethostname(name, sizeof name - 1) != 0) throw alco::system_error("host name", "gethostname", errno);
  return name;
}

// Beside the store, where also a restarted or another alco-consume finds it.
std::string state_folder(const std::string& store, const alco::Config& config) {
  return alco::collecting_folder(store, config.sphinx.data_dir);
}

alco::IdKey key_of_this_run() {
  alco::IdKey key;
  if (getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size()))
    throw alco::system_error("getrandom", "read", errno);
  return key;
}

bool is_broker(const std::string& source) {
  return source == "rabbitmq" || source.starts_with("amqp://") || source.starts_with("amqps://");
}

// Without a source: the queue that the configuration names for the index, else standard input.
std::string default_source(const Options& options, const alco::Config& config) {
  if (options.index.empty() || options.follow || !config.rabbitmq) return "-";
  return config.index(alco::IndexName::require(options.index)).queue.empty() ? "-" : "rabbitmq";
}

// What one run needs and the source borrows.
struct Consumer {
  explicit Consumer(Options& given) : options(given), config(alco::load_config(given.config)) {
    const std::string store = options.store.empty() ? config.store : options.store;
    reader.format = format_of(options.format);
    reader.multiline = alco::parse_multiline(options.multiline);
    reader.max_record = options.max_record;
    reader.host = host_name();
    const bool acknowledged = !options.delivery.stages.empty() || options.delivery.ack_fd >= 0;
    if (options.index.empty()) {
      if (acknowledged) reader.key = key_of_this_run();
      return;
    }
    const alco::IndexName index = alco::IndexName::require(options.index);
    const std::string folder = state_folder(store, config);
    if (acknowledged || options.follow) reader.key = alco::load_id_key(alco::real_disk(), folder + "/id.key");
    options.delivery.rejected_file = alco::rejected_path(store, config.sphinx.data_dir, index);
    rejected = std::make_unique<alco::RejectedFile>(alco::real_disk(), options.delivery.rejected_file);
    reader.rejected = rejected.get();
    if (options.follow && options.state.empty()) options.state = folder + "/" + index.str() + ".offsets";
  }

  // Only what never ends by itself can be missing.
  std::string collecting_folder() const {
    if (options.index.empty() || options.delivery.limit > 0) return "";
    if (!options.follow && !is_broker(options.sources.front())) return "";
    return state_folder(options.store.empty() ? config.store : options.store, config);
  }

  // Only a broker shares out its records, and only stages can tell apart who stored them.
  int processes() const {
    if (!is_broker(options.sources.front()) || options.delivery.stages.empty() || options.delivery.limit > 0) return 1;
    return config.index(alco::IndexName::require(options.index)).processes;
  }

  std::unique_ptr<alco::Source> source() {
    for (const std::string& name : options.sources) {
      if (!is_broker(name)) continue;
      if (options.sources.size() > 1) throw alco::Error(EX_USAGE, "a broker is the only source of a run");
      return broker(name == "rabbitmq" ? "" : name);
    }
    if (!options.follow) return std::make_unique<alco::ReadSource>(options.sources, reader);
    for (const std::string& name : options.sources)
      if (name == "-") throw alco::Error(EX_USAGE, "--follow: standard input is read to its end anyway");
    alco::FollowOptions follow;
    follow.arguments = options.sources;
    follow.reader = reader;
    follow.state = options.state;
    follow.poll = options.poll;
    return std::make_unique<alco::FollowSource>(follow);
  }

  std::unique_ptr<alco::Source> broker(const std::string& url) {
    if (options.index.empty()) throw alco::Error(EX_USAGE, "-i is required to read from a broker");
    const alco::IndexName index = alco::IndexName::require(options.index);
    const std::string store = options.store.empty() ? config.store : options.store;
    alco::AmqpOptions amqp;
    amqp.settings = alco::amqp_settings(config, index, url);
    amqp.reload = [file = options.config, index, url] {
      return alco::amqp_settings(alco::load_config(file), index, url);
    };
    amqp.prefetch = static_cast<uint16_t>(std::min<uint64_t>(options.delivery.window, UINT16_MAX));
    amqp.max_bytes = options.delivery.max_bytes;
    amqp.max_record = options.max_record;
    amqp.id = options.id == "message-id" ? alco::AmqpId::message_id : alco::AmqpId::content;
    amqp.key = alco::load_id_key(alco::real_disk(), state_folder(store, config) + "/id.key");
    amqp.rejected_file = options.delivery.rejected_file;
    return alco::make_amqp_source(std::move(amqp));
  }

  Options& options;
  alco::Config config;
  alco::ReaderOptions reader;
  std::unique_ptr<alco::RejectedFile> rejected;
};

int consume(Options& options) {
  alco::DeliveryOptions& delivery = options.delivery;
  delivery.index = options.index;
  delivery.ack = options.ack == "none" ? alco::AckMode::none : alco::AckMode::written;
  delivery.stats = std::chrono::seconds(options.stats);
  delivery.stall = std::chrono::milliseconds(options.stall);
  delivery.give_back = std::chrono::seconds(options.give_back);
  delivery.drain = std::chrono::seconds(options.drain);
  Consumer consumer(options);
  if (options.sources.empty()) options.sources.push_back(default_source(options, consumer.config));
  delivery.collecting_folder = consumer.collecting_folder();
  const auto deliver = [&] { return alco::deliver(*consumer.source(), delivery); };
  const int processes = consumer.processes();
  return processes > 1 ? alco::run_processes(processes, deliver) : deliver();
}

int check_setup(const Options& options) {
  alco::check::Findings findings;
  const auto config = alco::check::configuration(findings, options.config);
  if (!config) return findings.finish();
  std::vector<std::string> sources = options.sources;
  if (sources.empty()) sources.push_back(default_source(options, *config));
  for (const std::string& source : sources) {
    if (is_broker(source))
      findings.look([&] {
        const alco::IndexName index = alco::IndexName::require(options.index);
        alco::check::broker(findings, alco::amqp_settings(*config, index, source == "rabbitmq" ? "" : source));
      });
    else if (source != "-")
      alco::check::source(findings, source);
  }
  const std::string store = options.store.empty() ? config->store : options.store;
  if (!options.index.empty()) alco::check::folder(findings, "offsets and keys", state_folder(store, *config));
  return findings.finish();
}

void add_options(CLI::App& app, Options& options) {
  alco::DeliveryOptions& delivery = options.delivery;
  app.add_option("source", options.sources, "amqp://…, files, folders, patterns, - for standard input");
  app.add_option("-i,--index", options.index, "The index that the records are for")->type_name("NAME");
  app.add_option("-s,--store", options.store, "Its store, which keeps offsets and rejected records")->type_name("URL");
  app.add_option("--config", options.config, "The configuration file")->type_name("FILE");
  app.add_flag("--follow", options.follow, "Go on with what is appended, through rotation and restarts");
  app.add_option("--format", options.format, "What the lines are")
      ->check(CLI::IsMember({"auto", "json", "text", "journald"}))
      ->capture_default_str();
  app.add_option("--multiline", options.multiline, "Join lines: auto, off, or a pattern that begins an event")
      ->type_name("auto|off|REGEX")
      ->capture_default_str();
  app.add_option("--stage", delivery.stages, "Run CMD and write the records to it; repeat for a pipeline")
      ->allow_extra_args(false)
      ->type_name("CMD");
  app.add_option("--stats", options.stats, "Print counters so often")->type_name("SECONDS");
  app.add_option("--limit", delivery.limit, "Stop after N records")->type_name("N");
  app.add_option("--id", options.id, "What makes the id of a message from a broker: all of it, or its message-id")
      ->check(CLI::IsMember({"content", "message-id"}))
      ->capture_default_str();
  app.add_option("--state", options.state, "Where offsets of followed files are kept")->type_name("FILE");
  app.add_flag("--check", options.check, "Look at the configuration, the broker or the files, and end");
  app.add_flag("--poll", options.poll, "Look at followed files by the clock, not by inotify");
  app.add_option("--max-record", options.max_record, "Longer records are cut")
      ->type_name("BYTES")
      ->capture_default_str();
  app.add_option("--window", delivery.window, "Records in flight at most")->type_name("N")->capture_default_str();
  app.add_option("--max-bytes", delivery.max_bytes, "And their bytes")->type_name("BYTES")->capture_default_str();
  app.add_option("--batch", delivery.batch, "Run the pipeline anew for each N records")->type_name("N");
  app.add_option("--ack", options.ack, "Without stages: a record is done when written, or never")
      ->check(CLI::IsMember({"written", "none"}))
      ->capture_default_str();
  app.add_option("--ack-fd", delivery.ack_fd, "Without stages: read acknowledgements there")->type_name("FD");
  app.add_option("--acks-required", delivery.acks_required, "Sinks that must acknowledge each record")->type_name("N");
  app.add_option("--stall", options.stall, "No acknowledgement for so long: end the run of the pipeline")
      ->type_name("MS")
      ->capture_default_str();
  app.add_option("--give-back", options.give_back, "Nothing can be stored for so long: give all back to the broker")
      ->type_name("SECONDS")
      ->capture_default_str();
  app.add_option("--drain", options.drain, "Wait so long for the last acknowledgements")
      ->type_name("SECONDS")
      ->capture_default_str();
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Collect logs from a broker, files or standard input as NDJSON records."};
  Options options;
  add_options(app, options);
  return alco::run_tool("alco-consume", app, argc, argv,
                        [&] { return options.check ? check_setup(options) : consume(options); });
}
