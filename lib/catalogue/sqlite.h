#pragma once
// A thin owner of an SQLite database and its statements. Every failure is an Error with the file and SQLite's reason:
// EX_TEMPFAIL if another process holds the lock for too long, else EX_IOERR.
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace alco {

class SqliteStatement {
 public:
  SqliteStatement(sqlite3* db, const std::string& path, const char* sql);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  // Binds the parameters from the first on; the views must live until the last step().
  void bind(std::initializer_list<std::string_view> texts);
  void bind(int position, int64_t number);
  bool step();  // true: there is a row
  void run();   // to the end, then ready for the next bind()
  void reset();
  std::string text(int column) const;
  int64_t number(int column) const;

 private:
  sqlite3* db_;
  const std::string& path_;
  sqlite3_stmt* statement_ = nullptr;
};

class SqliteDatabase {
 public:
  // Opens `path`, and creates it (mode 0640) and its folder first.
  explicit SqliteDatabase(const std::string& path);
  ~SqliteDatabase();
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  void execute(const char* sql);
  SqliteStatement prepare(const char* sql) { return SqliteStatement(db_, path_, sql); }
  int64_t changes() const;  // rows changed by the last statement

 private:
  std::string path_;
  sqlite3* db_ = nullptr;
};

// BEGIN IMMEDIATE until commit(); what was not committed is rolled back.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteDatabase& db) : db_(db) { db_.execute("BEGIN IMMEDIATE"); }
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  void commit();

 private:
  SqliteDatabase& db_;
  bool open_ = true;
};

}  // namespace alco
