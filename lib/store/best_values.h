#pragma once
// The most frequent of many values, without the others being kept.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lib/store/store.h"

namespace alco::store {

class BestValues {
 public:
  explicit BestValues(size_t limit) : limit_(limit) {}

  // Each value once.
  void add(std::string_view value, uint64_t count) {
    if (limit_ == 0 || (values_.size() >= limit_ && count < least_)) return;
    values_.push_back({std::string(value), count});
    if (values_.size() / 2 > std::max<size_t>(limit_, 1000)) cut();
  }

  // Most frequent first, equal counts by value.
  std::vector<ValueCount> take() {
    cut();
    std::sort(values_.begin(), values_.end(), better);
    return std::move(values_);
  }

 private:
  static bool better(const ValueCount& a, const ValueCount& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  }

  void cut() {
    if (values_.size() <= limit_) return;
    std::nth_element(values_.begin(), values_.begin() + static_cast<ptrdiff_t>(limit_) - 1, values_.end(), better);
    values_.resize(limit_);
    least_ = values_.back().count;
  }

  const size_t limit_;
  std::vector<ValueCount> values_;
  uint64_t least_ = 0;  // count that a value must have
};

}  // namespace alco::store
