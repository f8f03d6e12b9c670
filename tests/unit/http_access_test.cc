// Every route by every kind of person: a route without a row here, and a row without a route, is an error.
#include <fcntl.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <fstream>
#include <map>

#include "lib/event_parser.h"
#include "lib/http/api.h"
#include "lib/http/password.h"
#include "lib/http/service.h"
#include "tests/unit/check.h"
#include "tests/unit/temp_folder.h"

using namespace alco;
using namespace alco::http;

namespace {

// What it takes to be answered.
enum class Need { nothing, name, read, tail, fields, save, admin_somewhere, read_of_shortcut };

struct Row {
  const char *method, *pattern, *path;  // "@": an index
  Need need;
  int status = 200;  // of who has it
};

const Row kRows[] = {
    {"GET", "/", "/", Need::name, 302},
    {"GET", "/grep/", "/grep/", Need::name},
    {"GET", "/grep/shortcut/{name}/", "/grep/shortcut/of-@/", Need::read_of_shortcut, 302},
    {"GET", "/grep/shortcut/{name}/{value}/", "/grep/shortcut/of-@/7/", Need::read_of_shortcut, 302},
    {"GET", "/grep/{index}/", "/grep/@/", Need::name},
    {"GET", "/static/{file...}", "/static/favicon.svg", Need::name},
    {"GET", "/favicon.ico", "/favicon.ico", Need::name},
    {"GET", "/healthz", "/healthz", Need::nothing},
    {"GET", "/api/", "/api/", Need::name},
    {"GET", "/api/collector/indices/", "/api/collector/indices/", Need::name},
    {"GET", "/api/grep/{index}/", "/api/grep/@/?C=2", Need::read},
    {"GET", "/api/event/{index}/{id}/", "/api/event/@/1/", Need::read},
    {"GET", "/api/context/{index}/{id}/", "/api/context/@/1/", Need::read},
    {"GET", "/api/count/{index}/", "/api/count/@/", Need::read},
    {"GET", "/api/histogram/{index}/", "/api/histogram/@/?split=host", Need::read},
    {"GET", "/api/fields/{index}/", "/api/fields/@/", Need::fields},
    {"GET", "/api/fields/{index}/{field}/", "/api/fields/@/host/", Need::fields},
    {"GET", "/api/tail/{index}/", "/api/tail/@/?after=0", Need::tail},
    {"GET", "/api/export/{index}/", "/api/export/@/?format=json", Need::read},
    {"GET", "/api/gaps/{index}/", "/api/gaps/@/", Need::read},
    {"GET", "/api/saved/{index}/", "/api/saved/@/", Need::read},
    {"POST", "/api/saved/{index}/", "/api/saved/@/", Need::save},
    {"DELETE", "/api/saved/{index}/{name}/", "/api/saved/@/n/", Need::save},
    {"GET", "/api/progress/{ticket}/", "/api/progress/0123456789abcdef/", Need::name},
    {"DELETE", "/api/progress/{ticket}/", "/api/progress/0123456789abcdef/", Need::name},
    {"GET", "/metrics", "/metrics", Need::name},
    {"GET", "/collector/sphinx.conf", "/collector/sphinx.conf", Need::admin_somewhere},
};

constexpr const char* kProxy = "10.0.0.9";
const std::string kToken = "a-token-of-somebody";

// Of "correct horse" and "battery staple", as cheap as crypt(3) makes them.
const std::string kHash = "$5$rounds=1000$saltsalt$R6e4P8ccT9iMqkYg7Z8YtpId/lfsIfnuPkp8WXposU8";
const std::string kOtherHash = "$5$rounds=1000$saltsalt$7Wg9PpI8asEJL.QeJMyyiY4cPVqkskgTpbpKwEMsVcA";

struct Person {
  const char* what;
  const char* peer;
  Header credentials;
  bool known;
  unsigned rights = 0;  // on "app" alone, unless
  bool everywhere = false, elsewhere = false;
};

unsigned bits(std::initializer_list<Right> rights) {
  unsigned all = 0;
  for (const Right right : rights) all |= static_cast<unsigned>(right);
  return all;
}

const unsigned kUsual = bits({Right::read, Right::tail, Right::fields});

std::vector<Person> people() {
  const auto proxy = [](const char* name) { return Header{"x-forwarded-user", name}; };
  return {
      {"nobody", "10.0.0.1", {"x-nothing", ""}, false},
      {"a wrong password", "10.0.0.2", {"authorization", "Basic YW5uYTp3cm9uZw=="}, false},
      {"a wrong token", "10.0.0.3", {"authorization", "Bearer " + kToken + "x"}, false},
      {"the hash of a token", "10.0.0.4", {"authorization", "Bearer " + sha256_hex(kToken)}, false},
      {"a forged word of the proxy", "10.0.0.5", proxy("boss"), false},
      {"a user without a line", kProxy, proxy("eve"), true},
      {"one with a password", "10.0.0.6", {"authorization", "Basic YW5uYTpjb3JyZWN0IGhvcnNl"}, true, kUsual},
      {"one with a token", "10.0.0.7", {"authorization", "bearer " + kToken}, true, kUsual},
      {"a reader", kProxy, proxy("reader"), true, bits({Right::read})},
      {"one who follows", kProxy, proxy("tailer"), true, bits({Right::tail})},
      {"one for fields", kProxy, proxy("fielder"), true, bits({Right::fields})},
      {"one who saves", kProxy, proxy("saver"), true, bits({Right::read, Right::save})},
      {"one who may not even read", kProxy, proxy("blind"), true, bits({Right::save})},
      {"an administrator", kProxy, proxy("admin"), true, bits({Right::admin})},
      {"one for another index", kProxy, proxy("other"), true, ~0U, false, true},
      {"the boss", kProxy, proxy("boss"), true, ~0U, true},
  };
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  CHECK(chmod(path.c_str(), 0600) == 0);
}

void store_line(Store& store, const char* index, const std::string& line) {
  const auto writer = store.writer(IndexName::require(index));
  EventParser parser;
  writer->add(parser.parse(line, 1'795'000'000 * kSecond), std::nullopt);
  writer->commit();
}

// alco-httpd without its sockets.
struct Server {
  TempFolder folder;
  Config config;
  Limits limits;
  std::unique_ptr<Store> store;
  AccessOptions who;
  std::unique_ptr<Access> access;
  std::unique_ptr<StaticFiles> files;
  std::unique_ptr<Leases> leases;
  std::unique_ptr<Archive> archive;
  Places exports{"exports", 100, 100}, tail_places{"tails", 100, 100};
  TailHub tails;
  std::unique_ptr<SavedSearches> saved;
  ProgressBoard progress;
  RejectedLines rejected;
  std::unique_ptr<Api> api;
  Router router;

  Server() {
    const std::string path = folder.path();
    config.store = "dir:" + path + "/store";
    store = open_store(config.store, config);
    for (const char* index : {"app", "private"}) {
      store_line(*store, index,
                 std::string("{\"message\":\"content-of-") + index + "\",\"host\":\"host-of-" + index + "\"}");
      config.indexes[index].shortcuts[std::string("of-") + index].query = "@request={value}";
    }
    CHECK(mkdir((path + "/web").c_str(), 0700) == 0);
    for (const char* name : {"index.html", "grep.html", "favicon.svg"}) write_file(path + "/web/" + name, "a page");
    write_file(
        path + "/users",
        "anna:" + kHash +
            ":read,tail,fields:app\nreader:-:read:app\n"
            "tailer:-:tail:app\nfielder:-:fields:app\nsaver:-:read,save:app\nblind:-:save:app\nadmin:-:admin:app\n"
            "other:-:read,tail,fields,save,admin:private\nboss:-:read,tail,fields,save,admin:*\n");
    write_file(path + "/tokens", "robot " + sha256_hex(kToken) + " read,tail,fields app\n");
    who.users = path + "/users";
    who.tokens = path + "/tokens";
    who.trusted_proxies = {kProxy};
    access = std::make_unique<Access>(who);
    files = std::make_unique<StaticFiles>(path + "/web");
    leases = std::make_unique<Leases>([this](const Principal& principal) { return access->current_grant(principal); });
    archive = std::make_unique<Archive>(*store, config, nullptr, *leases);
    saved = std::make_unique<SavedSearches>(real_disk(), path + "/saved.json");
    api.reset(new Api{*archive, config, limits, tails, tail_places, exports, *saved, progress, rejected,
                      [] { return ServerLoad(); }});
    add_routes(router, *api, *files);
  }

  struct Answer {
    int status;
    std::string body;
  };
  Answer ask(const Person& person, const std::string& method, const std::string& target) {
    Service service(router, *access, {});
    Request request;
    request.head.method = method;
    request.head.target = target;
    request.head.headers = {{"host", "localhost"}, person.credentials};
    if (method != "GET") request.head.headers.push_back({"content-type", "application/json"});
    if (method == "POST") request.body = R"({"name":"n","link":"q=x"})";
    request.target = *parse_target(target);
    request.peer = person.peer;
    request.client = access->client_of(request);
    Response response;
    service.handle(request, response);
    if (!response.source) return {response.status, response.body};
    const auto outbox = std::make_shared<Outbox>(std::make_shared<OutboxShared>());
    response.source->fill(outbox);
    outbox->abandon();
    return {response.status, "streamed"};
  }
};

std::string path_of(const Row& row, const std::string& index) {
  std::string path = row.path;
  if (const size_t at = path.find('@'); at != path.npos) path.replace(at, 1, index);
  return path;
}

bool has(const Person& person, const std::string& index, Right right) {
  const bool there = person.everywhere || index == (person.elsewhere ? "private" : "app");
  return there && (person.rights & static_cast<unsigned>(right));
}

int expected(const Row& row, const Person& person, const std::string& index) {
  if (row.need == Need::nothing) return row.status;
  if (!person.known) return 401;
  const auto if_allowed = [&](Right right) { return has(person, index, right) ? row.status : 404; };
  switch (row.need) {
    case Need::nothing:
    case Need::name:
      return row.status;
    case Need::read:
    case Need::read_of_shortcut:
      return if_allowed(Right::read);
    case Need::tail:
      return if_allowed(Right::tail);
    case Need::fields:
      return if_allowed(Right::fields);
    case Need::save:
      return !has(person, index, Right::read) ? 404 : has(person, index, Right::save) ? row.status : 403;
    case Need::admin_somewhere:
      return has(person, "app", Right::admin) || has(person, "private", Right::admin) ? row.status : 404;
  }
  return 0;
}

// Whether an answer that does not name the index in its question tells of it.
bool tells_of(const std::string& body, const std::string& index) {
  for (const std::string& sign : {"content-of-" + index, "host-of-" + index, "index=\"" + index + "\"",
                                  "\"name\":\"" + index + "\"", "index " + index + "_"})
    if (body.find(sign) != body.npos) return true;
  return false;
}

void every_route_has_a_row(const Server& server) {
  std::map<std::string, int> rows;
  for (const Row& row : kRows) ++rows[std::string(row.method) + " " + row.pattern];
  for (const Route& route : server.router.routes()) {
    const bool there = rows.erase(route.method + " " + route.pattern) == 1;
    if (!there) fprintf(stderr, "no row for %s %s\n", route.method.c_str(), route.pattern.c_str());
    CHECK(there);
  }
  CHECK(rows.empty());
}

void every_part_of_the_interface_is_described(Server& server) {
  const std::string text = server.ask(people().back(), "GET", "/api/").body;
  for (const Route& route : server.router.routes())
    if (route.pattern.starts_with("/api/")) CHECK(text.find("\"" + route.pattern + "\":{") != text.npos);
}

void everybody_gets_what_is_theirs(Server& server) {
  for (const Person& person : people()) {
    // An attacker's failures are counted by address: the table is asked by somebody who did not fail before.
    unsigned asked = 0;
    for (const Row& row : kRows) {
      std::map<std::string, Server::Answer> answers;
      for (const std::string index : {"app", "private", "missing"}) {
        Person now = person;
        const std::string peer = person.known ? person.peer : "10.1." + std::to_string(asked++) + ".1";
        now.peer = peer.c_str();
        const auto answer = answers[index] = server.ask(now, row.method, path_of(row, index));
        const int wanted = index == "missing" && row.need != Need::nothing && row.need != Need::name &&
                                   row.need != Need::admin_somewhere && person.known
                               ? 404
                               : expected(row, person, index);
        if (answer.status != wanted)
          fprintf(stderr, "%s: %s %s: %d, not %d\n", person.what, row.method, path_of(row, index).c_str(),
                  answer.status, wanted);
        CHECK(answer.status == wanted);
        for (const std::string other : {"app", "private"}) {
          bool any = false;
          for (const Right right : {Right::read, Right::tail, Right::fields, Right::save, Right::admin})
            any = any || has(person, other, right);
          if (any || !tells_of(answer.body, other)) continue;
          fprintf(stderr, "%s: %s %s tells of %s\n", person.what, row.method, path_of(row, index).c_str(),
                  other.c_str());
          CHECK(false);
        }
      }
      // What one may not see looks like what is not there.
      const auto& hidden = answers["private"];
      if (hidden.status != 404) continue;
      std::string absent = answers["missing"].body;
      if (const size_t at = absent.find("'missing'"); at != absent.npos) absent.replace(at, 9, "'private'");
      CHECK(hidden.body == absent);
    }
  }
}

// One file of users, and somebody at 10.0.0.1 who guesses.
struct Door {
  TempFolder folder;
  const std::string users = folder.path() + "/users";
  std::unique_ptr<Access> access;

  explicit Door(const std::string& text) {
    write_file(users, text);
    AccessOptions options;
    options.users = users;
    access = std::make_unique<Access>(options);
  }
  void reload(const std::string& text) {
    write_file(users, text);
    access->reload();
  }
  // 0: let in. `words` as in "anna:correct horse".
  int ask(const std::string& words, const char* peer = "10.0.0.1", bool* may_read = nullptr) {
    std::string encoded(words.size() * 2 + 4, '\0');
    encoded.resize(static_cast<size_t>(EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()),
                                                       reinterpret_cast<const unsigned char*>(words.data()),
                                                       static_cast<int>(words.size()))));
    Request request;
    request.peer = peer;
    request.head.headers = {{"authorization", "Basic " + encoded}};
    try {
      const Principal principal = access->authenticate(request);
      if (may_read) *may_read = principal.allows(IndexName::require("app"), Right::read);
      return 0;
    } catch (const HttpError& error) {
      return error.status();
    }
  }
  void guess() {
    for (int i = 0; i < 6; ++i) CHECK(ask("anna:guess") == (i < 5 ? 401 : 429));
  }
};

void who_was_right_is_known_after_a_reload_too() {
  const std::string anna = "anna:" + kHash + ":read:app\n", bea = "bea:" + kHash + ":read:app\n";
  Door door(anna + bea);
  CHECK(door.ask("anna:correct horse") == 0);
  door.guess();
  door.reload(anna + bea);
  CHECK(door.ask("anna:correct horse") == 0);
  CHECK(door.ask("bea:correct horse") == 429);  // was not here before
  // What is taken away is gone at once, here and from where nobody guesses.
  bool may_read = true;
  door.reload("anna:" + kHash + ":tail:app\n");
  CHECK(door.ask("anna:correct horse", "10.0.0.1", &may_read) == 0 && !may_read);
  door.reload("anna:" + kOtherHash + ":read:app\n");
  CHECK(door.ask("anna:correct horse") == 429);
  CHECK(door.ask("anna:correct horse", "10.0.0.2") == 401);
  CHECK(door.ask("anna:battery staple", "10.0.0.2") == 0);
  CHECK(door.ask("anna:battery staple") == 0);
  door.reload("anna:-:read:app\n");
  CHECK(door.ask("anna:battery staple") == 429);
  CHECK(door.ask("anna:battery staple", "10.0.0.3") == 401);
  door.reload(bea);
  CHECK(door.ask("anna:battery staple") == 429);
  CHECK(door.ask("anna:correct horse", "10.0.0.4") == 401);
}

// As many as are remembered, and one more: only who came first is forgotten.
void the_newest_of_many_are_known() {
  constexpr int kRemembered = 4096;
  const auto name = [](int i) { return "u" + std::to_string(i); };
  std::string users;
  for (int i = 0; i <= kRemembered; ++i) users += name(i) + ":" + kHash + ":read:app\n";
  Door door(users);
  for (int i = 0; i <= kRemembered; ++i) CHECK(door.ask(name(i) + ":correct horse", "10.0.0.2") == 0);
  for (int i = 0; i < 5; ++i) CHECK(door.ask("u1:guess") == 401);
  CHECK(door.ask("u0:correct horse") == 429);
  CHECK(door.ask("u1:correct horse") == 0);
  CHECK(door.ask(name(kRemembered) + ":correct horse") == 0);
}

}  // namespace

int main() {
  who_was_right_is_known_after_a_reload_too();
  the_newest_of_many_are_known();
  Server server;
  every_route_has_a_row(server);
  every_part_of_the_interface_is_described(server);
  everybody_gets_what_is_theirs(server);
  return failures() != 0;
}
