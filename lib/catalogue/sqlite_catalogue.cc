#include "lib/catalogue/sqlite_catalogue.h"

#include <unistd.h>

#include <set>

#include "lib/catalogue/sqlite.h"

namespace alco {
namespace {

constexpr const char* kSchema =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "CREATE TABLE IF NOT EXISTS field (idx TEXT, name TEXT, last_seen INT, PRIMARY KEY (idx, name)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS value (idx TEXT, field TEXT, value TEXT, last_seen INT,"
    " PRIMARY KEY (idx, field, value)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS overflow (idx TEXT, field TEXT, since INT, PRIMARY KEY (idx, field)) WITHOUT ROWID;";

}  // namespace

SqliteCatalogue::SqliteCatalogue(std::string path) : path_(std::move(path)) {}
SqliteCatalogue::~SqliteCatalogue() = default;

SqliteDatabase& SqliteCatalogue::writable() {
  if (!db_) {
    auto db = std::make_unique<SqliteDatabase>(path_);
    db->execute(kSchema);
    db_ = std::move(db);
  }
  return *db_;
}

SqliteDatabase* SqliteCatalogue::readable() {
  if (!db_ && access(path_.c_str(), F_OK) != 0) return nullptr;
  return &writable();
}

void SqliteCatalogue::add_fields(const IndexName& index, std::span<const std::string> names, int64_t now) {
  SqliteDatabase& db = writable();
  SqliteTransaction transaction(db);
  auto count = db.prepare("SELECT COUNT(*) FROM field WHERE idx = ?1");
  count.bind({index.str()});
  count.step();
  int64_t known = count.number(0);
  auto update = db.prepare("UPDATE field SET last_seen = MAX(last_seen, ?3) WHERE idx = ?1 AND name = ?2");
  auto insert = db.prepare("INSERT INTO field VALUES (?1, ?2, ?3)");
  for (const std::string& name : names) {
    if (name.size() > kMaxValueBytes) continue;
    update.bind({index.str(), name});
    update.bind(3, now);
    update.run();
    if (db.changes() > 0 || known >= static_cast<int64_t>(kMaxFieldsPerIndex)) continue;
    insert.bind({index.str(), name});
    insert.bind(3, now);
    insert.run();
    ++known;
  }
  transaction.commit();
}

void SqliteCatalogue::add_values(const IndexName& index, std::span<const SeenValue> values) {
  SqliteDatabase& db = writable();
  SqliteTransaction transaction(db);
  auto insert = db.prepare(
      "INSERT INTO value SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM overflow WHERE idx = ?1 AND field = ?2)"
      " ON CONFLICT DO UPDATE SET last_seen = MAX(last_seen, excluded.last_seen)");
  std::set<std::string> touched;
  int64_t newest = 0;
  for (const SeenValue& seen : values) {
    if (seen.value.size() > kMaxValueBytes) continue;
    insert.bind({index.str(), seen.field, seen.value});
    insert.bind(4, seen.last_seen);
    insert.run();
    touched.insert(seen.field);
    newest = std::max(newest, seen.last_seen);
  }
  auto count = db.prepare("SELECT COUNT(*) FROM value WHERE idx = ?1 AND field = ?2");
  for (const std::string& field : touched) {
    count.bind({index.str(), field});
    count.step();
    const bool too_many = count.number(0) > static_cast<int64_t>(kMaxValuesPerField);
    count.reset();
    if (too_many) remove_field(index, field, newest);
  }
  transaction.commit();
}

void SqliteCatalogue::remove_field(const IndexName& index, const std::string& field, int64_t now) {
  auto remove = db_->prepare("DELETE FROM value WHERE idx = ?1 AND field = ?2");
  remove.bind({index.str(), field});
  remove.run();
  auto mark = db_->prepare("INSERT OR REPLACE INTO overflow VALUES (?1, ?2, ?3)");
  mark.bind({index.str(), field});
  mark.bind(3, now);
  mark.run();
}

void SqliteCatalogue::give_up(const IndexName& index, const std::string& field, int64_t now) {
  SqliteTransaction transaction(writable());
  remove_field(index, field, now);
  transaction.commit();
}

std::vector<std::string> SqliteCatalogue::names(const char* sql, const IndexName& index) {
  std::vector<std::string> found;
  SqliteDatabase* db = readable();
  if (!db) return found;
  auto select = db->prepare(sql);
  select.bind({index.str()});
  while (select.step()) found.push_back(select.text(0));
  return found;
}

std::vector<std::string> SqliteCatalogue::fields(const IndexName& index) {
  return names("SELECT name FROM field WHERE idx = ?1 ORDER BY name", index);
}

std::vector<std::string> SqliteCatalogue::filtered_fields(const IndexName& index) {
  return names("SELECT DISTINCT field FROM value WHERE idx = ?1 ORDER BY field", index);
}

std::vector<std::string> SqliteCatalogue::overflowed_fields(const IndexName& index) {
  return names("SELECT field FROM overflow WHERE idx = ?1 ORDER BY field", index);
}

std::vector<ListedValue> SqliteCatalogue::values(const IndexName& index, const std::string& field) {
  std::vector<ListedValue> found;
  SqliteDatabase* db = readable();
  if (!db) return found;
  auto select = db->prepare("SELECT value, last_seen FROM value WHERE idx = ?1 AND field = ?2 ORDER BY value");
  select.bind({index.str(), field});
  while (select.step()) found.push_back({select.text(0), select.number(1)});
  return found;
}

uint64_t SqliteCatalogue::expire(const IndexName& index, int64_t seen_before) {
  SqliteDatabase* db = readable();
  if (!db) return 0;
  SqliteTransaction transaction(*db);
  uint64_t removed = 0;
  for (const char* sql :
       {"DELETE FROM field WHERE idx = ?1 AND last_seen < ?2", "DELETE FROM overflow WHERE idx = ?1 AND since < ?2",
        "DELETE FROM value WHERE idx = ?1 AND last_seen < ?2"}) {
    auto remove = db->prepare(sql);
    remove.bind({index.str()});
    remove.bind(2, seen_before);
    remove.run();
    removed = static_cast<uint64_t>(db->changes());  // the last one counts: the values
  }
  transaction.commit();
  return removed;
}

}  // namespace alco
