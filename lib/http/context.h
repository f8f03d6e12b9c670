#pragma once
// The lines around hits, as grep -A, -B and -C give them, in the one total order.
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/http/results.h"

namespace alco::http {

struct ContextOptions {
  uint64_t before = 0, after = 0;     // lines
  std::optional<Nanoseconds> within;  // all lines at most so far away, instead
  std::vector<std::string> same;      // only lines with the hit's values in these fields

  bool wanted() const { return before > 0 || after > 0 || within; }
};

// From A, B, C, within and same. Throws HttpError(400) or Error(EX_USAGE).
ContextOptions context_options(const Request& request);

class ContextPage {
 public:
  // Borrows all of them.
  ContextPage(Reader& reader, const ContextOptions& options, const ResultShape& shape, Search& search);

  // The hit and the lines around it. `same`: its columns of ContextOptions::same, in that order.
  void add(const Hit& hit, std::span<const FieldValue> same, bool anchor);

  size_t bytes() const { return bytes_; }

  // Appends the lines to an array of JSON, in `order`, with their groups.
  void write(JsonWriter& json, Order order) const;

 private:
  void put(const Hit& hit, const ResultExtras& extras);
  void add_side(const Position& at, Order order, uint64_t count, const std::shared_ptr<const query::Node>& same);

  Reader& reader_;
  const ContextOptions& options_;
  const ResultShape& shape_;
  Search& search_;
  std::optional<query::Evaluator> query_;  // tells hits among the lines around
  EventParser parser_;
  std::map<Position, std::string> lines_;
  std::map<Position, Position> next_;  // of a line the one behind it, where that was seen
  size_t bytes_ = 0;
};

}  // namespace alco::http
