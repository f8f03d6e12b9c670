#pragma once
// Numeric conditions: exact also where a double can't hold the integer.
#include <cstdint>
#include <string_view>

#include "lib/event.h"
#include "lib/query/query.h"

namespace alco::query {

bool compare(int64_t value, Node::Op op, double number);
bool compare(uint64_t value, Node::Op op, double number);
bool compare(double value, Node::Op op, double number);

// For text that is wholly a number: optional sign, digits, fraction, exponent, nothing around; no hexadecimal, no inf.
// Out of a double's range it counts as infinite or zero. False for all other text.
bool compare(std::string_view text, Node::Op op, double number);

// For a leaf: numbers, strings that are a number, and arrays that hold one such element.
bool compare(const Member& member, Node::Op op, double number);

}  // namespace alco::query
