// lib/sphinx/escape.h: any bytes come back from a real searchd as they were, and none get out of their quotes.
#include "lib/sphinx/escape.h"

#include <random>

#include "lib/timestamp.h"
#include "tests/unit/check.h"
#include "tests/unit/private_searchd.h"

using namespace alco;

namespace {

std::string random_text(std::mt19937& random) {
  static const std::string kSpecial = "\\'\"\x1a\n\r\t;-#/*()%`";
  std::string text;
  for (size_t size = random() % 60; text.size() < size;)
    text += random() % 2 ? kSpecial[random() % kSpecial.size()] : static_cast<char>(1 + random() % 255);
  return text;
}

void any_bytes_come_back(sphinx::Client& client, const std::string& table) {
  std::mt19937 random(1);
  std::vector<std::string> texts;
  while (texts.size() < 10'000) {
    std::string statement = "REPLACE INTO " + table + " (id,ts,raw) VALUES ";
    for (int row = 0; row < 500; ++row) {
      texts.push_back(random_text(random));
      statement += (row == 0 ? "(" : ",(") + std::to_string(texts.size()) + ",1,";
      sphinx::append_quoted(statement, texts.back());
      statement += ')';
    }
    CHECK(client.execute(statement) == 500);
  }
  size_t same = 0, rows_read = 0;
  sphinx::Rows rows = client.query("SELECT id, raw FROM " + table + " LIMIT 20000 OPTION max_matches=20000");
  for (; rows.next(); ++rows_read) same += rows.text(1) == texts.at(rows.unsigned_number(0) - 1);
  CHECK(rows_read == texts.size());
  CHECK(same == texts.size());
}

void a_literal_finds_itself(sphinx::Client& client, const std::string& table) {
  std::mt19937 random(2);
  for (int i = 0; i < 300; ++i) {
    std::string statement = "SELECT id, COUNT(*) AS c FROM " + table + " WHERE raw=";
    sphinx::append_quoted(statement, random_text(random));
    sphinx::Rows rows = client.query(statement);  // throws if the text ends its literal
    while (rows.next()) CHECK(rows.columns() == 2);
  }
}

void names_are_strict() {
  for (const char* good : {"a", "_x9", "Host", "request_id"}) CHECK(sphinx::plain_name(good));
  for (const char* bad : {"", "9a", "a.b", "a-b", "a b", "a'", "a]", "\xc3\xa9"}) CHECK(!sphinx::plain_name(bad));
  CHECK(sphinx::plain_name(std::string(64, 'a')) && !sphinx::plain_name(std::string(65, 'a')));
  CHECK(!sphinx::quotable(std::string_view("a\0b", 3)));
}

}  // namespace

int main() {
  names_are_strict();
  Config config;
  config.indexes["t"].retention_days = 1;
  const int64_t today = utc_day(1'795'000'000 * kSecond);
  PrivateSearchd searchd(std::move(config), today);
  sphinx::Client client(searchd.address());
  any_bytes_come_back(client, "t_" + day_name(today));
  a_literal_finds_itself(client, "t_" + day_name(today));
  return failures() != 0;
}
