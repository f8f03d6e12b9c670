#include "lib/catalogue/sqlite.h"

#include <fcntl.h>
#include <sqlite3.h>

#include "lib/disk.h"
#include "lib/error.h"

namespace alco {
namespace {

constexpr int kBusyMilliseconds = 1000;

[[noreturn]] void fail(sqlite3* db, const std::string& path) {
  const int code = sqlite3_errcode(db) & 0xff;
  const bool busy = code == SQLITE_BUSY || code == SQLITE_LOCKED;
  throw Error(busy ? EX_TEMPFAIL : EX_IOERR, path + ": sqlite: " + sqlite3_errmsg(db));
}

}  // namespace

SqliteStatement::SqliteStatement(sqlite3* db, const std::string& path, const char* sql) : db_(db), path_(path) {
  if (sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr) != SQLITE_OK) fail(db, path);
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

void SqliteStatement::bind(std::initializer_list<std::string_view> texts) {
  int position = 0;
  for (const std::string_view text : texts)
    if (sqlite3_bind_text(statement_, ++position, text.data(), static_cast<int>(text.size()), SQLITE_STATIC) !=
        SQLITE_OK)
      fail(db_, path_);
}

void SqliteStatement::bind(int position, int64_t number) {
  if (sqlite3_bind_int64(statement_, position, number) != SQLITE_OK) fail(db_, path_);
}

bool SqliteStatement::step() {
  const int result = sqlite3_step(statement_);
  if (result != SQLITE_ROW && result != SQLITE_DONE) fail(db_, path_);
  return result == SQLITE_ROW;
}

void SqliteStatement::run() {
  while (step()) continue;
  reset();
}

void SqliteStatement::reset() { sqlite3_reset(statement_); }

std::string SqliteStatement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  return data ? std::string(data, static_cast<size_t>(sqlite3_column_bytes(statement_, column))) : std::string();
}

int64_t SqliteStatement::number(int column) const { return sqlite3_column_int64(statement_, column); }

SqliteDatabase::SqliteDatabase(const std::string& path) : path_(path) {
  const size_t slash = path.rfind('/');
  if (slash != std::string::npos && slash > 0) real_disk().make_folder(path.substr(0, slash));
  real_disk().open(path, O_RDWR | O_CREAT);  // with our mode; SQLite would take 0644
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
  if (sqlite3_open_v2(path.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
    const std::string reason = db_ ? sqlite3_errmsg(db_) : "out of memory";
    sqlite3_close(db_);
    throw Error(EX_IOERR, path + ": sqlite: " + reason);
  }
  sqlite3_busy_timeout(db_, kBusyMilliseconds);
}

SqliteDatabase::~SqliteDatabase() { sqlite3_close(db_); }

void SqliteDatabase::execute(const char* sql) {
  if (sqlite3_exec(db_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(db_, path_);
}

int64_t SqliteDatabase::changes() const { return sqlite3_changes(db_); }

SqliteTransaction::~SqliteTransaction() {
  if (!open_) return;
  try {
    db_.execute("ROLLBACK");
  } catch (const Error&) {  // SQLite has rolled back by itself; the failure that led here is on its way up
  }
}

void SqliteTransaction::commit() {
  db_.execute("COMMIT");
  open_ = false;
}

}  // namespace alco
