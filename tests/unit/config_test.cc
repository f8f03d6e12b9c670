#include "lib/config.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "lib/error.h"
#include "tests/unit/check.h"

using namespace alco;

namespace {

std::string folder;

std::string write_file(const std::string& name, const std::string& text, mode_t mode = 0640) {
  const std::string path = folder + "/" + name;
  std::ofstream(path, std::ios::trunc) << text;
  chmod(path.c_str(), mode);
  return path;
}

Config load(const std::string& text, mode_t mode = 0640) { return load_config(write_file("alco.json", text, mode)); }

// What the refusal says behind the file's name; the code must be EX_CONFIG.
std::string refusal(const std::string& text, mode_t mode = 0640) {
  try {
    load(text, mode);
  } catch (const Error& error) {
    CHECK(error.code() == EX_CONFIG);
    const std::string what = error.what(), prefix = folder + "/alco.json: ";
    CHECK(what.starts_with(prefix));
    return what.substr(prefix.size());
  }
  return "accepted";
}

void an_empty_object_gives_the_defaults() {
  const Config config = load("{}");
  CHECK(config.store == "dir:/var/db/alco");
  CHECK(config.catalogue_url() == "sqlite:/var/db/alco/catalogue.db");
  CHECK(!config.rabbitmq);
  CHECK(config.http.page_size == 100);
  CHECK(config.index(IndexName::require("app")).processes == 1);
}

void reads_every_key() {
  const Config config = load(R"({
    // a comment
    "store": "sphinx://127.0.0.1:9306", "catalogue": "redis://127.0.0.1:6379/0",
    "rabbitmq": {"url": "amqp://guest:guest@127.0.0.1:5672/%2F", "exchange": "x", "management": "http://127.0.0.1:15672"},
    "http": {"listen": "unix:/run/alco.sock", "page_size": 50},
    "sphinx": {"data_dir": "/d", "index": {"min_word_len": 2}, "searchd": {"dist_threads": "8", "seamless_rotate": true},
               "agents": ["10.0.0.2:9312"]},
    "indexes": {"app": {"queue": "q", "routing_keys": ["a.#", "b"], "durable": false, "amqp_fields": true,
      "retention_days": 30, "retention_bytes": null, "processes": 2,
      "columns": {"host": {"filtered": true}, "*": {"display": false}, "exc_info": {"context": true, "display": true}},
      "shortcuts": {"request": {"description": "One", "query": "@request_id={value}", "columns": ["host"]}}}}})");
  CHECK(config.store == "sphinx://127.0.0.1:9306");
  CHECK(config.catalogue_url() == "redis://127.0.0.1:6379/0");
  CHECK(config.rabbitmq->url == "amqp://guest:guest@127.0.0.1:5672/%2F");
  CHECK(config.http.listen == "unix:/run/alco.sock");
  CHECK(config.sphinx.index.at("min_word_len") == "2");
  CHECK(config.sphinx.searchd.at("seamless_rotate") == "1");
  CHECK(config.sphinx.agents == std::vector<std::string>{"10.0.0.2:9312"});
  const IndexConfig app = config.index(IndexName::require("app"));
  CHECK(app.queue == "q" && app.routing_keys.size() == 2 && !app.durable && app.amqp_fields && app.processes == 2);
  CHECK(app.retention_days == 30 && !app.retention_bytes);
  CHECK(app.columns.size() == 3 && app.columns[0].first == "host");
  CHECK(app.column("host").filtered && !app.column("host").display);
  CHECK(app.column("exc_info").display && app.column("exc_info").context);
  CHECK(!app.column("other").display);
  CHECK(app.shortcuts.at("request").query == "@request_id={value}");
}

void names_the_key_that_is_wrong() {
  CHECK(refusal(R"({"stor": "x"})") == "stor: unknown key");
  CHECK(refusal(R"({"indexes": {"app": {"columns": {"host": {"filter": true}}}}})") ==
        "indexes.app.columns.host.filter: unknown key");
  CHECK(refusal(R"({"store": 7})") == "store: must be a string \"…\"");
  CHECK(refusal(R"({"store": "/var/db"})") == "store: must begin with one of: dir:, sphinx:");
  CHECK(refusal(R"({"http": []})") == "http: must be an object {…}");
  CHECK(refusal(R"({"http": {"page_size": 0}})") == "http.page_size: must be a whole number from 1 to 10000");
  CHECK(refusal(R"({"http": {"page_size": "9"}})") == "http.page_size: must be a whole number from 1 to 10000");
  CHECK(refusal(R"({"indexes": {"a": {"retention_days": -1}}})") ==
        "indexes.a.retention_days: must be a whole number from 1 to 36500");
  CHECK(refusal(R"({"indexes": {"a": {"durable": 1}}})") == "indexes.a.durable: must be true or false");
  CHECK(refusal(R"({"indexes": {"a": {"routing_keys": ["x", 1]}}})") ==
        "indexes.a.routing_keys: must be a string \"…\"");
  CHECK(refusal(R"({"indexes": {"../x": {}}})").starts_with("indexes.../x: is no name for an index"));
  CHECK(refusal(R"({"indexes": {"a": {}, "a": {}}})") == "key 'a' is given twice in one object");
  CHECK(refusal(R"({"sphinx": {"index": {"a": 1.5}}})") ==
        "sphinx.index.a: must be a string, a whole number, true or false");
  CHECK(refusal("[]") == "must be an object {…}");
  CHECK(refusal("{\n\"store\": }").starts_with("parse error at line 2, column 10: syntax error while parsing value"));
}

void a_syntax_error_does_not_show_a_secret() {
  CHECK(refusal(R"({"rabbitmq" "amqp://u:hunter2@h/"})").find("hunter2") == std::string::npos);
}

void secrets_are_for_few_eyes() {
  const char* with_password = R"({"rabbitmq": {"url": "amqp://alco:hunter2@10.0.0.1/"}})";
  CHECK(refusal(with_password) == "accepted");
  CHECK(refusal(with_password, 0644) ==
        "holds a password and others can read it (mode 0644): chmod o-r it, or keep the URL in a file of its own and "
        "write \"file:/path\"");
  CHECK(refusal("{}", 0644) == "accepted");
  CHECK(refusal("{}", 0646) == "others can write it (mode 0646): chmod o-w it");
  CHECK(refusal(R"({"rabbitmq": {"url": "amqp://guest:guest@127.0.0.1/"}})", 0644) == "accepted");
}

void a_secret_may_stand_in_a_file() {
  const std::string secret = write_file("amqp", "amqp://alco:hunter2@10.0.0.1/\n", 0600);
  const std::string config = R"({"rabbitmq": {"url": "file:)" + secret + R"("}})";
  CHECK(load(config, 0644).rabbitmq->url == "amqp://alco:hunter2@10.0.0.1/");
  chmod(secret.c_str(), 0644);
  CHECK(refusal(config).starts_with("rabbitmq.url: " + secret + ": holds a secret and others can read it (mode 0644)"));
  CHECK(refusal(R"({"catalogue": "file:/nowhere"})") == "catalogue: /nowhere: no such file");
  const std::string wants =
      "catalogue: file: wants an absolute path, or the name of a credential (LoadCredential= of systemd)";
  unsetenv("CREDENTIALS_DIRECTORY");
  CHECK(refusal(R"({"catalogue": "file:x"})") == wants);
  setenv("CREDENTIALS_DIRECTORY", folder.c_str(), 1);
  write_file("catalogue.url", "redis://:hunter2@127.0.0.1:1/0\n", 0400);
  CHECK(load(R"({"catalogue": "file:catalogue.url"})").catalogue == "redis://:hunter2@127.0.0.1:1/0");
  CHECK(refusal(R"({"catalogue": "file:../x"})") == wants);
  CHECK(refusal(R"({"catalogue": "file:"})") == wants);
}

void a_file_that_was_named_must_be_there() {
  const std::string link = folder + "/link.json";
  CHECK(symlink("alco.json", link.c_str()) == 0);
  for (const std::string& path : {folder + "/none.json", link, folder}) {
    try {
      load_config(path);
      CHECK(false);
    } catch (const Error& error) {
      CHECK(error.code() == EX_CONFIG && std::string(error.what()).starts_with(path + ": "));
    }
  }
}

void the_environment_names_a_file() {
  setenv("ALCO_CONFIG", write_file("env.json", R"({"store": "dir:/env"})").c_str(), 1);
  CHECK(load_config("").store == "dir:/env");
  CHECK(load("{}").store == "dir:/var/db/alco");
  unsetenv("ALCO_CONFIG");
}

// The tests run from the top of the tree.
void the_sample_is_valid() {
  const Config config = load_config("etc/alco.json");
  CHECK(config.index(IndexName::require("app")).column("password").excluded);
  CHECK(config.rabbitmq->exchange == "logstash");
}

void masks_passwords() {
  CHECK(masked_url("amqp://u:p@h:1/v") == "amqp://u:***@h:1/v");
  CHECK(masked_url("redis://:p@h/0") == "redis://:***@h/0");
  CHECK(masked_url("amqp://u:p@ss@h/v") == "amqp://u:***@h/v");
  CHECK(masked_url("amqp://h/a@b:c") == "amqp://h/a@b:c");
  CHECK(masked_url("dir:/x") == "dir:/x");
}

}  // namespace

int main() {
  char name[] = "/tmp/alco-config.XXXXXX";
  folder = mkdtemp(name);
  unsetenv("ALCO_CONFIG");
  an_empty_object_gives_the_defaults();
  reads_every_key();
  names_the_key_that_is_wrong();
  a_syntax_error_does_not_show_a_secret();
  secrets_are_for_few_eyes();
  a_secret_may_stand_in_a_file();
  a_file_that_was_named_must_be_there();
  the_environment_names_a_file();
  the_sample_is_valid();
  masks_passwords();
  for (const char* file : {"/alco.json", "/amqp", "/env.json", "/link.json", ""}) remove((folder + file).c_str());
  return failures() != 0;
}
