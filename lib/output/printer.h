#pragma once
// Events to the sink, in the format and with the columns that were asked for.
#include <memory>
#include <string>

#include "lib/output/format.h"
#include "lib/output/query_options.h"
#include "lib/output/search.h"
#include "lib/output/sink.h"

namespace alco::output {

class Printer {
 public:
  Printer(const QueryOptions& options, Search& search, Sink& sink);
  void ask_for(ScanRequest& request) const;  // what the hits must carry
  void print(const Hit& hit, Role role = {});
  void gap();
  void begin();  // heads of tables, also when nothing is found

 private:
  Sink& sink_;
  FormatOptions format_options_;
  std::unique_ptr<Format> format_;
  std::string text_;
  bool begun_ = false;
};

}  // namespace alco::output
