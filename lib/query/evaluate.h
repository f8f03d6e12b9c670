#pragma once
// Whether an event matches a query, decided on the event itself: for files, for tails, and as the measure of what
// every store has to answer.
#include <memory>
#include <vector>

#include "lib/event.h"
#include "lib/query/query.h"

namespace alco::query {

// Thread-safe after construction. Throws as Matcher does.
//
// A field is every leaf with its dotted path; several leaves with one path, and the elements of an array, are
// alternatives: a condition holds if it holds for one of them, its negation if for none. "message" is the event's
// message and nothing else. A field that is null exists, and its text is "null"; an object is no leaf.
class Evaluator {
 public:
  explicit Evaluator(const Node& node);
  ~Evaluator();
  Evaluator(Evaluator&&) noexcept;
  Evaluator& operator=(Evaluator&&) noexcept;

  bool matches(const Event& event) const;

 private:
  struct Compiled;
  std::unique_ptr<Compiled> root_;
};

// The patterns that make an event match by being in its message (not those under an odd number of negations): what
// to mark in a hit.
std::vector<Pattern> marked_patterns(const Node& node);

}  // namespace alco::query
