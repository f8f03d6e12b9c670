#pragma once
// The field catalogue: which fields an index has, and which values the filterable ones had, with the time each was
// last seen. SQLite (sqlite:/path) or Redis (redis://host:port/db).
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/index_name.h"

namespace alco {

inline constexpr size_t kMaxValueBytes = 256;        // longer values are not listed
inline constexpr size_t kMaxValuesPerField = 10'000;  // then the field stops being listed
inline constexpr size_t kMaxFieldsPerIndex = 500;

struct SeenValue {
  std::string field;
  std::string value;
  int64_t last_seen = 0;  // seconds since 1970
};

struct ListedValue {
  std::string value;
  int64_t last_seen = 0;
};

class Catalogue {
 public:
  virtual ~Catalogue() = default;
  // Throws Error(EX_UNAVAILABLE or EX_IOERR); safe to repeat with the same values.
  virtual void add_fields(const IndexName& index, std::span<const std::string> names) = 0;
  virtual void add_values(const IndexName& index, std::span<const SeenValue> values) = 0;
  virtual std::vector<std::string> fields(const IndexName& index) = 0;              // sorted
  virtual std::vector<ListedValue> values(const IndexName& index, const std::string& field) = 0;  // sorted by value
  virtual std::vector<std::string> filtered_fields(const IndexName& index) = 0;     // fields that have values
  virtual bool overflowed(const IndexName& index, const std::string& field) = 0;    // stopped at kMaxValuesPerField
  virtual uint64_t expire(const IndexName& index, int64_t seen_before) = 0;         // number of values removed
};

std::unique_ptr<Catalogue> open_catalogue(const std::string& url);

}  // namespace alco
