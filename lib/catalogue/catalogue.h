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

inline constexpr size_t kMaxValueBytes = 256;         // longer values are not listed
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
  // All throw Error(EX_UNAVAILABLE, EX_IOERR or EX_NOPERM) and are safe to repeat with the same arguments; the next
  // call connects again. Each waits for a second at most. Names over kMaxFieldsPerIndex, values longer than
  // kMaxValueBytes and those of a field that overflowed are left out.
  virtual void add_fields(const IndexName& index, std::span<const std::string> names, int64_t now) = 0;
  virtual void add_values(const IndexName& index, std::span<const SeenValue> values) = 0;
  virtual std::vector<std::string> fields(const IndexName& index) = 0;                            // sorted
  virtual std::vector<ListedValue> values(const IndexName& index, const std::string& field) = 0;  // sorted by value
  virtual std::vector<std::string> filtered_fields(const IndexName& index) = 0;    // fields that have values, sorted
  virtual std::vector<std::string> overflowed_fields(const IndexName& index) = 0;  // sorted
  bool overflowed(const IndexName& index, const std::string& field);               // stopped at kMaxValuesPerField
  // Removes the values of a field and takes no more until expire() forgives it.
  virtual void give_up(const IndexName& index, const std::string& field, int64_t now) = 0;
  // Removes what was last seen (or given up) before that time; the number of values removed.
  virtual uint64_t expire(const IndexName& index, int64_t seen_before) = 0;
};

// "sqlite:/path", "redis://[[user]:password@]host[:port][/db]" or "redis+unix:[//[user]:password@]/path[?db=N]".
// Connects on the first call; reading a catalogue that is not there gives nothing and creates nothing.
// Throws Error(EX_CONFIG) for another URL.
std::unique_ptr<Catalogue> open_catalogue(const std::string& url);

}  // namespace alco
