#pragma once
// Whether a literal stands in a value of a text: decided on its numbers, without making the text.
#include <string>
#include <string_view>
#include <vector>

#include "lib/query/matcher.h"
#include "lib/store/template.h"

namespace alco::store {

// For one thread. `matcher` must be of a literal, and outlive it.
class ValueSearch {
 public:
  explicit ValueSearch(const query::Matcher& matcher);

  bool possible(SlotType slot) const;                 // false: in no value of such a slot
  bool holds(SlotType slot, const uint64_t* values);  // of slot.values() numbers
  bool holds(std::string_view string) const { return matcher_.found_in(string); }

 private:
  bool in_hex(uint64_t value, unsigned width) const;

  const query::Matcher& matcher_;
  std::string literal_;
  bool digits_ = true, lower_hex_ = true, upper_hex_ = true;  // what the literal may be part of
  uint64_t hex_value_ = 0;                                    // of up to 16 digits
  std::vector<bool> small_;                                   // for each number of up to 5 digits
  std::string text_;
};

}  // namespace alco::store
