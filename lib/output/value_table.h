#pragma once
// Small tables of a name and its numbers: for people with bars, else in the format that was asked for.
#include <cstdint>
#include <string>
#include <vector>

#include "lib/output/sink.h"

namespace alco::output {

struct ValueTable {
  std::string name_head, count_head = "count";
  struct Row {
    std::string name;
    uint64_t count = 0;
  };
  std::vector<Row> rows;
  bool name_first = false;  // in text: "name count" rather than "count name"
  bool counts = true;       // false: names alone
};

// `format` as -o has it; text and raw on a terminal: aligned, with bars that fit its width.
void print_table(const ValueTable& table, const std::string& format, bool colour, Sink& sink);

}  // namespace alco::output
