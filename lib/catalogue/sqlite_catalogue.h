#pragma once
// The field catalogue in one SQLite file, in WAL mode: several processes may read and write it at once.
#include <memory>

#include "lib/catalogue/catalogue.h"

namespace alco {

class SqliteDatabase;

class SqliteCatalogue : public Catalogue {
 public:
  explicit SqliteCatalogue(std::string path);
  ~SqliteCatalogue() override;

  void add_fields(const IndexName& index, std::span<const std::string> names, int64_t now) override;
  void add_values(const IndexName& index, std::span<const SeenValue> values) override;
  std::vector<std::string> fields(const IndexName& index) override;
  std::vector<ListedValue> values(const IndexName& index, const std::string& field) override;
  std::vector<std::string> filtered_fields(const IndexName& index) override;
  std::vector<std::string> overflowed_fields(const IndexName& index) override;
  void give_up(const IndexName& index, const std::string& field, int64_t now) override;
  uint64_t expire(const IndexName& index, int64_t seen_before) override;

 private:
  SqliteDatabase& writable();
  SqliteDatabase* readable();  // null if there is no such file yet
  std::vector<std::string> names(const char* sql, const IndexName& index);
  void remove_field(const IndexName& index, const std::string& field, int64_t now);

  std::string path_;
  std::unique_ptr<SqliteDatabase> db_;
};

}  // namespace alco
