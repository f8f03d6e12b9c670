#pragma once
// Values of a field, counted over blocks. One of these serves one thread; what several counted is put together at the
// end.
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "lib/query/tally.h"
#include "lib/store/bitmap.h"
#include "lib/store/block.h"
#include "lib/store/string_dictionary.h"

namespace alco::store {

// Some of all values: those whose hash ends in these bits.
struct ValueShare {
  unsigned bits = 0;  // below 64
  uint64_t end = 0;

  bool has(std::string_view text) const {
    return bits == 0 || (std::hash<std::string_view>()(text) & ((uint64_t{1} << bits) - 1)) == end;
  }
  bool operator==(const ValueShare&) const = default;
};

constexpr uint32_t kNoValue = ~uint32_t{0};
constexpr uint32_t kOtherValue = kNoValue - 1;  // one that is not in the share

// Gives texts numbers, from 0.
class ValueNumbers {
 public:
  explicit ValueNumbers(ValueShare share = {}) : share_(share) {}

  uint32_t of(std::string_view text) { return share_.has(text) ? names_.add(text, names_.prepare(text)) : kOtherValue; }
  size_t size() const { return names_.size(); }
  std::string_view name(size_t number) const { return names_.at(number); }
  const ValueShare& share() const { return share_; }
  size_t memory() const { return names_.memory(); }

 private:
  ValueShare share_;
  StringDictionary names_;
};

// For each row its value of the field as a number; kNoValue without one, and for rows not asked for. Of several values
// the first counts. Throws as Block does.
void values_of_rows(Block& block, const std::string& field, const Bitmap& rows, ValueNumbers& numbers,
                    std::vector<uint32_t>& values);

// How often each value is there.
class ValueTally {
 public:
  explicit ValueTally(ValueShare share = {}) : numbers_(share) {}

  // Nothing is counted if it throws, as Block does.
  void add(Block& block, const std::string& field, const Bitmap& rows);
  void add(const ValueTally& other);  // what is in the share of this one

  // Forgets what is not in it; a part of the share that it had.
  void narrow(const ValueShare& share);
  const ValueShare& share() const { return numbers_.share(); }
  size_t memory() const { return numbers_.memory() + counts_.capacity() * sizeof counts_[0]; }

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
  // There are more values and buckets than query::kMostSplitCells says: the counts will not be wanted.
  bool full() const { return cells_ > query::kMostSplitCells || numbers_.memory() > query::kMostSplitBytes; }

 private:
  ValueNumbers numbers_;
  std::vector<std::vector<uint64_t>> counts_;  // by number and bucket; empty: none
  std::vector<uint64_t> without_;
  size_t cells_ = 0;              // in counts_
  std::vector<uint32_t> values_;  // of the block at hand
};

}  // namespace alco::store
