#pragma once
// Values of a field, counted over blocks. One of these serves one thread; what several counted is put together at the
// end.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/store/bitmap.h"
#include "lib/store/block.h"

namespace alco::store {

// Gives texts numbers, from 0.
class ValueNumbers {
 public:
  uint32_t of(std::string_view text);
  size_t size() const { return names_.size(); }
  const std::string& name(size_t number) const { return *names_[number]; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  std::unordered_map<std::string, uint32_t, Hash, std::equal_to<>> numbers_;
  std::vector<const std::string*> names_;  // keys of numbers_, which stay where they are
};

// For each row its value of the field as a number; kNoValue without one, and for rows not asked for. Of several values
// the first counts. Throws as Block does.
constexpr uint32_t kNoValue = ~uint32_t{0};
void values_of_rows(Block& block, const std::string& field, const Bitmap& rows, ValueNumbers& numbers,
                    std::vector<uint32_t>& values);

// How often each value is there.
class ValueTally {
 public:
  // Nothing is counted if it throws, as Block does.
  void add(Block& block, const std::string& field, const Bitmap& rows);
  void add(const ValueTally& other);

  uint64_t without() const { return without_; }  // rows that lack the field
  template <class Visit>
  void each(Visit visit) const {  // visit(value, count)
    for (size_t i = 0; i < counts_.size(); ++i)
      if (counts_[i] > 0) visit(numbers_.name(i), counts_[i]);
  }

 private:
  bool add_codes(Block& block, const std::string& field, const Bitmap& rows);
  void add_count(uint32_t number, uint64_t count);

  ValueNumbers numbers_;
  std::vector<uint64_t> counts_;  // by number
  uint64_t without_ = 0;
  std::vector<uint32_t> of_code_, values_;  // of the block at hand
};

// How many rows lie in each stretch of time, by value of a field.
class BucketCounts {
 public:
  struct Buckets {
    Nanoseconds origin, width;
    size_t count;
  };
  // `field` may be empty: by none. The same buckets with each call. Nothing is counted if it throws, as Block does.
  void add(Block& block, const Bitmap& rows, const Buckets& buckets, const std::string& field);
  void add_to(std::map<std::string, std::vector<uint64_t>>& counts) const;  // "": without a value

 private:
  ValueNumbers numbers_;
  std::vector<std::vector<uint64_t>> counts_;  // by number and bucket; empty: none
  std::vector<uint64_t> without_;
  std::vector<uint32_t> values_;  // of the block at hand
};

}  // namespace alco::store
