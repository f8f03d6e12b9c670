// The rules of a catalogue, on SQLite; and on Redis too if $ALCO_TEST_REDIS names one (tests/catalogue.bats does).
#include "lib/catalogue/catalogue.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

#include "lib/error.h"
#include "tests/unit/check.h"

using namespace alco;
using Names = std::vector<std::string>;

namespace {

const IndexName kApp = IndexName::require("app");

std::vector<SeenValue> many(const std::string& field, size_t count, int64_t time) {
  std::vector<SeenValue> values;
  for (size_t i = 0; i < count; ++i) values.push_back({field, "v" + std::to_string(i), time});
  return values;
}

Names values_of(Catalogue& catalogue, const std::string& field) {
  Names names;
  for (const ListedValue& value : catalogue.values(kApp, field)) names.push_back(value.value);
  return names;
}

void an_empty_catalogue_lists_nothing(Catalogue& catalogue) {
  CHECK(catalogue.fields(kApp).empty());
  CHECK(catalogue.filtered_fields(kApp).empty());
  CHECK(catalogue.values(kApp, "host").empty());
  CHECK(!catalogue.overflowed(kApp, "host"));
  CHECK(catalogue.expire(kApp, 1) == 0);
}

void keeps_each_value_with_its_newest_time(Catalogue& catalogue) {
  const std::string odd("a\0b '\"\xd0\x96", 8);
  const std::vector<SeenValue> values = {{"host", "web2", 100}, {"host", "web1", 300}, {"level", odd, 100}};
  catalogue.add_fields(kApp, Names{"level", "host", "message id"}, 100);
  catalogue.add_values(kApp, values);
  catalogue.add_values(kApp, std::vector<SeenValue>{{"host", "web2", 200}, {"host", "web1", 50}});
  CHECK((catalogue.fields(kApp) == Names{"host", "level", "message id"}));
  CHECK((catalogue.filtered_fields(kApp) == Names{"host", "level"}));
  const auto hosts = catalogue.values(kApp, "host");
  CHECK(hosts.size() == 2 && hosts[0].value == "web1" && hosts[0].last_seen == 300 && hosts[1].last_seen == 200);
  CHECK(values_of(catalogue, "level") == Names{odd});
  CHECK(catalogue.values(IndexName::require("other"), "host").empty());
}

void leaves_out_long_values(Catalogue& catalogue) {
  const std::string longest(kMaxValueBytes, 'x');
  catalogue.add_values(kApp, std::vector<SeenValue>{{"long", longest, 1}, {"long", longest + "x", 1}});
  CHECK(values_of(catalogue, "long") == Names{longest});
}

void a_field_with_too_many_values_stops(Catalogue& catalogue) {
  catalogue.add_fields(kApp, Names{"id"}, 500);
  catalogue.add_values(kApp, many("id", kMaxValuesPerField, 500));
  CHECK(catalogue.values(kApp, "id").size() == kMaxValuesPerField);
  CHECK(!catalogue.overflowed(kApp, "id"));
  catalogue.add_values(kApp, std::vector<SeenValue>{{"id", "one more", 500}});
  CHECK(catalogue.overflowed(kApp, "id"));
  CHECK(catalogue.values(kApp, "id").empty());
  catalogue.add_values(kApp, std::vector<SeenValue>{{"id", "again", 501}});
  CHECK(catalogue.values(kApp, "id").empty());
  catalogue.give_up(kApp, "long", 500);
  CHECK(catalogue.values(kApp, "long").empty() && catalogue.overflowed(kApp, "long"));
}

void expire_removes_what_is_old(Catalogue& catalogue) {
  CHECK(catalogue.expire(kApp, 250) == 2);  // web2 of 200, the odd level of 100
  CHECK(values_of(catalogue, "host") == Names{"web1"});
  CHECK((catalogue.fields(kApp) == Names{"id"}));
  CHECK(catalogue.overflowed(kApp, "id"));
  catalogue.expire(kApp, 600);
  CHECK(!catalogue.overflowed(kApp, "id"));
  CHECK(catalogue.filtered_fields(kApp).empty());
}

void takes_so_many_fields_and_no_more(Catalogue& catalogue) {
  Names names;
  for (size_t i = 0; i < kMaxFieldsPerIndex + 20; ++i) names.push_back("f" + std::to_string(i));
  catalogue.add_fields(kApp, names, 700);
  catalogue.add_fields(kApp, Names{"late", "f1"}, 800);
  CHECK(catalogue.fields(kApp).size() == kMaxFieldsPerIndex);
  catalogue.expire(kApp, 800);
  CHECK(catalogue.fields(kApp) == Names{"f1"});
}

// The catalogue may be locked for longer than it waits; what was to be written is safe to repeat.
template <class Write>
void until_written(Write write) {
  for (int tries = 0; tries < 300; ++tries) {
    try {
      return write();
    } catch (const Error& error) {
      if (error.code() != EX_TEMPFAIL) throw;
      usleep(20'000);
    }
  }
  CHECK(false);
}

void several_processes_write_at_once(const std::string& url) {
  for (int child = 0; child < 4; ++child) {
    if (fork() != 0) continue;
    const auto catalogue = open_catalogue(url);
    for (int i = 0; i < 25; ++i) {
      const std::string value = std::to_string(child) + "/" + std::to_string(i);
      const std::vector<SeenValue> seen{{"process", value, 1000}, {"process", "all", 1000 + i}};
      until_written([&] { catalogue->add_values(kApp, seen); });
    }
    _exit(failures() != 0);
  }
  for (int child = 0; child < 4; ++child) {
    int status = 0;
    wait(&status);
    CHECK(status == 0);
  }
  CHECK(open_catalogue(url)->values(kApp, "process").size() == 101);
}

void keeps_the_rules(const std::string& url) {
  const auto catalogue = open_catalogue(url);
  an_empty_catalogue_lists_nothing(*catalogue);
  keeps_each_value_with_its_newest_time(*catalogue);
  leaves_out_long_values(*catalogue);
  a_field_with_too_many_values_stops(*catalogue);
  expire_removes_what_is_old(*catalogue);
  takes_so_many_fields_and_no_more(*catalogue);
  several_processes_write_at_once(url);
}

void several_processes_create_it_at_once(const std::string& url) {
  for (int child = 0; child < 8; ++child) {
    if (fork() != 0) continue;
    until_written([&] { open_catalogue(url)->add_fields(kApp, Names{"field" + std::to_string(child)}, 1); });
    _exit(failures() != 0);
  }
  for (int child = 0; child < 8; ++child) {
    int status = 0;
    wait(&status);
    CHECK(status == 0);
  }
  CHECK(open_catalogue(url)->fields(kApp).size() == 8);
}

void reading_creates_no_file(const std::string& folder) {
  open_catalogue("sqlite:" + folder + "/none/c.db")->fields(kApp);
  CHECK(access((folder + "/none").c_str(), F_OK) != 0);
}

void the_file_is_not_for_others(const std::string& path) {
  struct stat info {};
  CHECK(stat(path.c_str(), &info) == 0 && (info.st_mode & 07777) == 0640);
}

void refuses_other_urls() {
  for (const char* url : {"", "sqlite:", "mysql://x", "rediss://x", "redis://", "redis://h:0", "redis://h/x",
                          "redis://:%zz@h", "redis+unix:x", "redis+unix:/s?db=x"}) {
    try {
      open_catalogue(url);
      CHECK(false);
    } catch (const Error& error) {
      CHECK(error.code() == EX_CONFIG);
    }
  }
}

}  // namespace

int main() {
  umask(022);
  char name[] = "/tmp/alco-catalogue.XXXXXX";
  const std::string folder = mkdtemp(name), file = folder + "/sub/c.db";
  keeps_the_rules("sqlite:" + file);
  the_file_is_not_for_others(file);
  several_processes_create_it_at_once("sqlite:" + folder + "/d.db");
  reading_creates_no_file(folder);
  refuses_other_urls();
  if (const char* redis = getenv("ALCO_TEST_REDIS")) keeps_the_rules(redis);
  for (const char* part :
       {"/sub/c.db", "/sub/c.db-wal", "/sub/c.db-shm", "/sub", "/d.db", "/d.db-wal", "/d.db-shm", ""})
    remove((folder + part).c_str());
  return failures() != 0;
}
