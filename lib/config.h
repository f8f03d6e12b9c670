#pragma once
// The configuration file: one JSON object, comments allowed. alco.json(5) describes it.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/index_name.h"

namespace alco {

struct ColumnConfig {
  bool display = true;    // shown as a column
  bool filtered = false;  // values are collected and offered as filters
  bool context = false;   // long text, folded under the line
  bool excluded = false;  // never stored
  bool indexed = false;   // a full-text field of its own in Sphinx
};

struct Shortcut {
  std::string description;
  std::string query;  // with {value}
  std::vector<std::string> columns;
};

struct IndexConfig {
  std::string queue;
  std::vector<std::string> routing_keys;
  bool durable = true;
  bool amqp_fields = false;
  std::optional<int> retention_days;  // none: a directory store keeps all, searchd searchd_days()
  std::optional<uint64_t> retention_bytes;
  int processes = 1;
  std::vector<std::pair<std::string, ColumnConfig>> columns;  // in the order of the file; "*" is the default for others
  std::map<std::string, Shortcut> shortcuts;

  ColumnConfig column(const std::string& name) const;
  // Days that alco-sphinxconf lists, alco-rotate leaves, and others read and write; today is one.
  int searchd_days() const { return retention_days.value_or(30); }
};

struct RabbitmqConfig {
  std::string url;  // holds the password: never print it (see masked_url())
  std::string exchange = "logstash";
  std::string management;
};

struct HttpConfig {
  std::string listen = "127.0.0.1:8000";
  int page_size = 100;
  std::vector<std::string> hosts;            // further names by which clients may call the server
  std::string users, tokens;                 // files of who may read; see alco-httpd(1)
  std::vector<std::string> trusted_proxies;  // addresses, or "unix", whose X-Forwarded-User is believed
};

struct SphinxConfig {
  bool manticore = false;  // Manticore Search runs on the generated configuration: "table x {}", not "index x {}"
  std::string data_dir = "/var/db/alco/sphinx";
  std::map<std::string, std::string> index;    // overrides in the index section
  std::map<std::string, std::string> searchd;  // overrides in the searchd section
  std::vector<std::string> agents;
  std::string journal;                         // folder; empty: journal in data_dir
  uint64_t journal_bytes = uint64_t{1} << 30;  // of one writer, at most
  int journal_keep = 3600;                     // s; rows sent to a searchd on another host stay so long
  std::optional<uint64_t> reserve_bytes;       // left free on disks; default 5 %, at least 256 MiB

  std::string journal_path() const { return journal.empty() ? data_dir + "/journal" : journal; }
};

struct Config {
  std::string file;  // where it came from; empty if there is none
  std::string store = "dir:/var/db/alco";
  std::string catalogue;  // empty: sqlite:catalogue.db inside a directory store
  std::optional<RabbitmqConfig> rabbitmq;
  HttpConfig http;
  SphinxConfig sphinx;
  std::map<std::string, IndexConfig> indexes;

  IndexConfig index(const IndexName& name) const;  // its section, or the defaults
  std::string catalogue_url() const;               // for its store, if not set
};

// `path` as given by --config; empty: $ALCO_CONFIG, /usr/local/etc/alco.json, /etc/alco/alco.json, in this order,
// else the defaults. Throws Error(EX_CONFIG) that names the file, the key and what is wrong (also: a file that others
// can write, or that holds secrets and others can read).
Config load_config(const std::string& path);

std::string masked_url(const std::string& url);  // user:password@ as user:***@

}  // namespace alco
