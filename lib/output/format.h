#pragma once
// How an event is printed: text, json, raw, tsv or csv.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/output/highlight.h"
#include "lib/store/store.h"
#include "lib/time_zone.h"

namespace alco::output {

enum class Kind { text, json, raw, tsv, csv };
std::optional<Kind> kind_named(std::string_view name);

struct FormatOptions {
  Kind kind = Kind::text;
  std::vector<std::string> columns;          // before the message in text; all of them in tsv and csv
  std::vector<std::string> context_columns;  // text: each below its line; their values follow those of `columns`
  TimeZone zone;
  bool terminal = false;  // people read it: aligned, folded, local times without zone, all formats made harmless
  bool colour = false;
  std::shared_ptr<const Highlight> highlight;  // may be null
};

struct Role {
  bool match = true;
  Nanoseconds late = 0;  // with --follow: so far behind the newest event shown before it
};

class Format {
 public:
  virtual ~Format() = default;
  virtual void begin(std::string&) {}  // before the first event: the heads of tables
  // Appends one event with its final '\n'.
  virtual void event(std::string& out, const Hit& hit, Role role) = 0;
  virtual void gap(std::string&) {}    // something was left out between two groups
  virtual void measure(const Hit&) {}  // an event that will be printed: columns are made wide enough for it
  virtual void resize(size_t) {}       // cells in a line of the terminal; 0: not known
};

std::unique_ptr<Format> make_format(const FormatOptions& options);

// What the hits must carry for it.
void ask_for(const FormatOptions& options, ScanRequest& request);

// "@timestamp" and "message", "@id" are columns too.
inline bool is_own_column(std::string_view name) { return name == "@timestamp" || name == "message" || name == "@id"; }

}  // namespace alco::output
