#include "lib/output/printer.h"

#include <algorithm>
#include <utility>

#include "lib/error.h"
#include "lib/output/level.h"

namespace alco::output {
namespace {

constexpr size_t kHeld = 200;

// Configured: the named columns that are for display. Else what tells machines and levels apart, if it is there.
std::vector<std::string> usual_columns(Search& search) {
  std::vector<std::string> columns;
  if (search.index)
    for (const auto& [name, column] : search.config.index(*search.index).columns)
      if (name != "*" && column.display && !column.context && !column.excluded) columns.push_back(name);
  if (!columns.empty()) return columns;
  const query::FieldNames& fields = search.known_fields();
  for (const char* name : {"host", "hostname", "_HOSTNAME"}) {
    if (fields.count(name) == 0) continue;
    columns.emplace_back(name);
    break;
  }
  for (const std::string& name : fields) {
    if (!is_level_name(name)) continue;
    columns.push_back(name);
    break;
  }
  return columns;
}

std::vector<std::string> long_columns(Search& search) {
  std::vector<std::string> columns;
  if (search.index)
    for (const auto& [name, column] : search.config.index(*search.index).columns)
      if (column.context && !column.excluded && name != "*") columns.push_back(name);
  if (!columns.empty()) return columns;
  for (const std::string& name : search.known_fields())
    if (is_traceback_name(name)) columns.push_back(name);
  return columns;
}

}  // namespace

Printer::Printer(const QueryOptions& options, Search& search, Sink& sink) : sink_(sink) {
  const auto kind = kind_named(options.format);
  if (!kind) throw Error(EX_USAGE, "-o " + options.format + ": the formats are text, json, raw, tsv and csv");
  FormatOptions& format = format_options_;
  format.kind = *kind;
  format.zone = search.zone;
  format.terminal = sink.terminal();
  format.colour = wants_colour(*colour_named(options.colour), sink.terminal());
  format.columns = options.columns;
  const bool table = *kind == Kind::tsv || *kind == Kind::csv;
  if (format.columns.empty() && (table || *kind == Kind::text)) {
    format.columns = usual_columns(search);
    if (table) {
      format.columns.insert(format.columns.begin(), "@timestamp");
      format.columns.emplace_back("message");
    }
  }
  if (*kind == Kind::text && format.terminal)
    for (std::string& name : long_columns(search))
      if (std::count(format.columns.begin(), format.columns.end(), name) == 0)
        format.context_columns.push_back(std::move(name));
  if (format.colour) format.highlight = std::make_shared<Highlight>(search.sought);
  format_ = make_format(format);
  holding_ = format.terminal && *kind == Kind::text;
  if (holding_)
    sink.on_tick([this] {
      const std::lock_guard lock(mutex_);
      try {
        if (!held_.empty()) release();
      } catch (const Error&) {  // the sink keeps it for the next write()
      }
    });
}

Printer::~Printer() { sink_.on_tick(nullptr); }

void Printer::ask_for(ScanRequest& request) const { output::ask_for(format_options_, request); }

void Printer::begin() {
  if (begun_) return;
  begun_ = true;
  text_.clear();
  format_->begin(text_);
  if (!text_.empty()) sink_.write(text_);
}

void Printer::put(const Hit& hit, Role role) {
  begin();
  text_.clear();
  if (format_options_.terminal) format_->resize(sink_.columns());
  format_->event(text_, hit, role);
  sink_.write(text_);
}

void Printer::print(const Hit& hit, Role role) {
  if (!format_options_.terminal) return put(hit, role);
  const std::lock_guard lock(mutex_);
  if (!holding_) return put(hit, role);
  format_->measure(hit);
  held_.emplace_back(query::StoredHit(), role, std::exchange(gap_, false)).hit.assign(hit);
  if (held_.size() >= kHeld) release();
}

void Printer::release() {
  holding_ = false;
  Hit hit;
  for (const Held& held : held_) {
    if (held.gap) put_gap();
    held.hit.view(hit);
    put(hit, held.role);
  }
  held_.clear();
}

void Printer::put_gap() {
  text_.clear();
  format_->gap(text_);
  if (!text_.empty()) sink_.write(text_);
}

void Printer::gap() {
  const std::lock_guard lock(mutex_);
  if (holding_)
    gap_ = true;
  else
    put_gap();
}

void Printer::finish() {
  const std::lock_guard lock(mutex_);
  release();
}

}  // namespace alco::output
