#include "lib/config.h"

#include <sys/stat.h>

#include <cstdlib>

#include "lib/config_file.h"
#include "lib/config_section.h"
#include "lib/error.h"

namespace alco {
namespace {

// What nlohmann says, without its prefix and without the text it had just read, which may be a secret.
std::string parse_problem(const std::string& what) {
  const size_t begin = what.find("] ") == std::string::npos ? 0 : what.find("] ") + 2;
  const size_t read = what.find("; last read: ");
  if (read == std::string::npos) return what.substr(begin);
  const size_t expected = what.rfind("; expected ");
  return what.substr(begin, read - begin) +
         (expected > read && expected != std::string::npos ? what.substr(expected) : "");
}

Json parse_document(const std::string& text, const std::string& file) {
  std::vector<std::set<std::string>> open;  // the keys of the objects we are in
  const auto check_key = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) open.emplace_back();
    if (event == Json::parse_event_t::object_end) open.pop_back();
    if (event == Json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second)
      refuse_config(file, "key '" + value.get<std::string>() + "' is given twice in one object");
    return true;
  };
  try {
    return Json::parse(text, check_key, /*allow_exceptions=*/true, /*ignore_comments=*/true);
  } catch (const Json::exception& error) {
    refuse_config(file, parse_problem(error.what()));
  }
}

// Position and size of "user:password" in a URL; size 0 if there is none.
std::pair<size_t, size_t> user_info(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return {0, 0};
  const size_t begin = scheme + 3;
  const size_t end = url.find_first_of("/?#", begin);
  const size_t at = url.substr(0, end).rfind('@');
  if (at == std::string_view::npos || at < begin) return {0, 0};
  return {begin, at - begin};
}

bool holds_secret(std::string_view url) {
  const auto [begin, size] = user_info(url);
  const std::string_view user = url.substr(begin, size);
  // guest:guest is RabbitMQ's well-known account, which the broker admits from its own machine only.
  return user != "guest:guest" && user.find(':') != std::string_view::npos && !user.ends_with(':');
}

// The path that is meant by "file:" and this text; a name alone is a credential that systemd gave to the service.
std::string secret_path(ConfigSection& section, const char* key, const std::string& text) {
  if (text.starts_with('/')) return text;
  const char* folder = getenv("CREDENTIALS_DIRECTORY");
  if (!text.empty() && text.find('/') == std::string::npos && folder) return std::string(folder) + "/" + text;
  section.bad(key, "file: wants an absolute path, or the name of a credential (LoadCredential= of systemd)");
}

// Reads a URL that may be "file:/path", the name of a file that holds it; `holds` becomes true if a secret stands
// in the configuration itself.
void read_url(ConfigSection& section, const char* key, std::string& url, bool& holds) {
  section.read(key, url);
  if (!url.starts_with("file:")) {
    holds = holds || holds_secret(url);
    return;
  }
  const std::string path = secret_path(section, key, url.substr(5));
  const auto file = read_config_file(path);
  if (!file) section.bad(key, path + ": no such file");
  if (file->mode & S_IROTH)
    section.bad(key, path + ": holds a secret and others can read it (" + mode_text(file->mode) + "): chmod o-r it");
  url = file->text.substr(0, file->text.find_last_not_of(" \t\r\n") + 1);
  if (url.empty() || url.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
    section.bad(key, path + ": must hold one line");
}

void check_scheme(const ConfigSection& section, const char* key, const std::string& url,
                  std::initializer_list<std::string_view> schemes) {
  std::string list;
  for (const std::string_view scheme : schemes) {
    if (url.starts_with(scheme) && url.size() > scheme.size()) return;
    list += (list.empty() ? "" : ", ") + std::string(scheme);
  }
  section.bad(key, "must begin with one of: " + list);
}

ColumnConfig read_column(ConfigSection& section, ColumnConfig column) {
  section.read("display", column.display);
  section.read("filtered", column.filtered);
  section.read("context", column.context);
  section.read("excluded", column.excluded);
  section.read("indexed", column.indexed);
  return column;
}

bool word(std::string_view name) {
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'))
      return false;
  return name.size() <= 64;
}

void read_shortcuts(ConfigSection& section, std::map<std::string, Shortcut>& shortcuts) {
  section.sections("shortcuts", [&](const std::string& name, ConfigSection& inner) {
    if (!word(name)) section.bad("shortcuts." + name, "the name may hold a-z A-Z 0-9 _ - only, at most 64 of them");
    Shortcut shortcut;
    inner.read("description", shortcut.description);
    inner.read("query", shortcut.query);
    inner.read("columns", shortcut.columns);
    if (shortcut.query.empty()) inner.bad("query", "is missing");
    shortcuts.emplace(name, std::move(shortcut));
  });
}

IndexConfig read_index(ConfigSection& section) {
  IndexConfig index;
  section.read("queue", index.queue);
  section.read("routing_keys", index.routing_keys);
  section.read("durable", index.durable);
  section.read("amqp_fields", index.amqp_fields);
  section.read("retention_days", index.retention_days, 1, 36'500);
  section.read("retention_bytes", index.retention_bytes, uint64_t{1}, uint64_t{INT64_MAX});
  section.read("processes", index.processes, 1, 64);
  // "*" may stand anywhere: it gives the others their defaults, so it is read first.
  ColumnConfig defaults;
  section.sections("columns", [&](const std::string& name, ConfigSection& inner) {
    const ColumnConfig column = read_column(inner, {});
    if (name == "*") defaults = column;
  });
  section.sections("columns", [&](const std::string& name, ConfigSection& inner) {
    index.columns.emplace_back(name, read_column(inner, name == "*" ? ColumnConfig{} : defaults));
  });
  read_shortcuts(section, index.shortcuts);
  return index;
}

// True if a secret stands in the file itself.
bool read_config(ConfigSection& section, Config& config) {
  bool secret = false;
  read_url(section, "store", config.store, secret);
  check_scheme(section, "store", config.store, {"dir:", "sphinx:"});
  read_url(section, "catalogue", config.catalogue, secret);
  if (!config.catalogue.empty())
    check_scheme(section, "catalogue", config.catalogue, {"sqlite:", "redis://", "redis+unix:"});
  section.section("rabbitmq", [&](ConfigSection& inner) {
    RabbitmqConfig& rabbitmq = config.rabbitmq.emplace();
    read_url(inner, "url", rabbitmq.url, secret);
    check_scheme(inner, "url", rabbitmq.url, {"amqp://", "amqps://"});
    inner.read("exchange", rabbitmq.exchange);
    read_url(inner, "management", rabbitmq.management, secret);
    if (!rabbitmq.management.empty()) check_scheme(inner, "management", rabbitmq.management, {"http://", "https://"});
  });
  section.section("http", [&](ConfigSection& inner) {
    inner.read("listen", config.http.listen);
    if (config.http.listen.find(':') == std::string::npos) inner.bad("listen", "must be HOST:PORT or unix:PATH");
    inner.read("page_size", config.http.page_size, 1, 10'000);
    inner.read("hosts", config.http.hosts);
    inner.read("users", config.http.users);
    inner.read("tokens", config.http.tokens);
    inner.read("trusted_proxies", config.http.trusted_proxies);
  });
  section.section("sphinx", [&](ConfigSection& inner) {
    inner.read("data_dir", config.sphinx.data_dir);
    if (!config.sphinx.data_dir.starts_with('/')) inner.bad("data_dir", "must be an absolute path");
    inner.read("manticore", config.sphinx.manticore);
    inner.read("index", config.sphinx.index);
    inner.read("searchd", config.sphinx.searchd);
    inner.read("agents", config.sphinx.agents);
    inner.read("journal", config.sphinx.journal);
    if (!config.sphinx.journal.empty() && !config.sphinx.journal.starts_with('/'))
      inner.bad("journal", "must be an absolute path");
    inner.read("journal_bytes", config.sphinx.journal_bytes, uint64_t{1} << 20, uint64_t{1} << 50);
    inner.read("journal_keep", config.sphinx.journal_keep, 0, 86400 * 365);
    inner.read("reserve_bytes", config.sphinx.reserve_bytes, uint64_t{0}, uint64_t{1} << 50);
  });
  section.sections("indexes", [&](const std::string& name, ConfigSection& inner) {
    if (!IndexName::parse(name))
      section.bad("indexes." + name, "is no name for an index: 1 to 63 of a-z 0-9 _ -, the first a letter or digit");
    config.indexes.emplace(name, read_index(inner));
  });
  return secret;
}

}  // namespace

ColumnConfig IndexConfig::column(const std::string& name) const {
  ColumnConfig found;
  for (const auto& [key, column] : columns) {
    if (key == name) return column;
    if (key == "*") found = column;
  }
  return found;
}

IndexConfig Config::index(const IndexName& name) const {
  const auto it = indexes.find(name.str());
  return it == indexes.end() ? IndexConfig{} : it->second;
}

std::string Config::catalogue_url() const {
  if (!catalogue.empty()) return catalogue;
  if (store.starts_with("dir:")) return "sqlite:" + store.substr(4) + "/catalogue.db";
  return "sqlite:/var/db/alco/catalogue.db";
}

Config load_config(const std::string& path) {
  Config config;
  std::optional<ConfigFile> file;
  const char* environment = getenv("ALCO_CONFIG");
  config.file = !path.empty() ? path : environment ? environment : "";
  if (!config.file.empty()) {
    file = read_config_file(config.file);
    if (!file) refuse_config(config.file, "open: No such file or directory");
  }
  for (const char* place : {"/usr/local/etc/alco.json", "/etc/alco/alco.json"}) {
    if (!file && (file = read_config_file(place))) config.file = place;
  }
  if (!file) return config;
  const Json document = parse_document(file->text, config.file);
  const std::string name = config.file;
  ConfigSection section(document, "", name);
  const bool secret = read_config(section, config);
  section.done();
  if (secret && file->mode & S_IROTH)
    refuse_config(name, "holds a password and others can read it (" + mode_text(file->mode) +
                            "): chmod o-r it, or keep the URL in a file of its own and write \"file:/path\"");
  return config;
}

std::string masked_url(const std::string& url) {
  const auto [begin, size] = user_info(url);
  const size_t colon = url.substr(begin, size).find(':');
  if (size == 0 || colon == std::string::npos) return url;
  return url.substr(0, begin + colon) + ":***" + url.substr(begin + size);
}

}  // namespace alco
