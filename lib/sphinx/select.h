#pragma once
// The parts of a SELECT that bound and order rows. SphinxQL 2.2 has no OR in WHERE: what needs one is an expression
// of the select list that must be 1.
#include <optional>
#include <string>

#include "lib/sphinx/narrow.h"
#include "lib/sphinx/tables.h"
#include "lib/store/store.h"

namespace alco::sphinx {

struct RowRange {
  Nanoseconds since = kMinTime, until = kMaxTime;  // as in ScanRequest
  Order order = Order::oldest_first;               // arrival: by the id alone
  std::optional<Position> after;
};

class Select {
 public:
  Select(std::string from, const RowKey& key) : from_(std::move(from)), key_(key) {}

  Select& range(const RowRange& range);
  Select& narrow(const Narrowing& narrowing);
  Select& where(const std::string& filter);           // a condition that WHERE takes
  Select& where_expression(const std::string& text);  // any expression

  // "SELECT columns… FROM … WHERE … tail". `columns` must not name one `k_`.
  std::string text(const std::string& columns, const std::string& tail = "") const;
  std::string order_by(Order order) const;  // " ORDER BY …"

 private:
  std::string from_;
  RowKey key_;
  std::string match_, filters_, expressions_;
};

// " LIMIT n OPTION max_matches=n, ranker=none"
std::string limit(uint64_t rows);

}  // namespace alco::sphinx
