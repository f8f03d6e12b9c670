#pragma once
// Events to the sink, in the format and with the columns that were asked for.
#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "lib/output/format.h"
#include "lib/output/query_options.h"
#include "lib/output/search.h"
#include "lib/output/sink.h"
#include "lib/query/stored_hit.h"

namespace alco::output {

class Printer {
 public:
  Printer(const QueryOptions& options, Search& search, Sink& sink);
  ~Printer();
  Printer(const Printer&) = delete;
  Printer& operator=(const Printer&) = delete;
  void ask_for(ScanRequest& request) const;  // what the hits must carry
  void print(const Hit& hit, Role role = {});
  // Lines of JSON as a scan gives them, if they can go out as they are.
  bool takes_lines() const { return format_options_.kind == Kind::json && !format_options_.terminal; }
  void print_lines(std::string_view lines) { sink_.write(lines); }
  void gap();
  void begin();   // heads of tables, also when nothing is found
  void finish();  // after the last event

 private:
  // What is printed first is held back for a moment, so that its columns can be aligned.
  struct Held {
    Held(query::StoredHit stored, Role its_role, bool after_gap)
        : hit(std::move(stored)), role(its_role), gap(after_gap) {}
    query::StoredHit hit;
    Role role;
    bool gap;  // before it
  };
  void release();  // locked
  void put(const Hit& hit, Role role);
  void put_gap();

  Sink& sink_;
  FormatOptions format_options_;
  std::unique_ptr<Format> format_;
  std::string text_;
  bool begun_ = false;
  std::mutex mutex_;
  bool holding_ = false;
  bool gap_ = false;
  std::deque<Held> held_;
};

}  // namespace alco::output
