#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>

#include "lib/catalogue/catalogue.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/output/answer.h"
#include "lib/output/value_table.h"
#include "lib/query/suggest.h"
#include "lib/query/tally.h"

namespace alco::output {
namespace {

constexpr size_t kUsual = 10;

TopValues count_values(Search& search, const ScanRequest& request, const std::string& field, size_t limit) {
  if (field == "message") return query::tally_values(*search.reader, request, field, limit);
  return search.reader->top(request, field, limit);
}

bool in_colour(const QueryOptions& options, const Sink& sink) {
  return wants_colour(*colour_named(options.colour), sink.terminal());
}

void check_field(Search& search, const std::string& field, const char* option) {
  if (field == "message" || search.known_fields().count(field) > 0) return;
  std::string what = std::string(option) + ": no field '" + field + "' in " + search.subject;
  const auto similar = query::similar_names(field, search.known_fields());
  for (size_t i = 0; i < similar.size(); ++i)
    what += (i == 0 ? "; did you mean " : i + 1 == similar.size() ? " or " : ", ") + similar[i];
  throw Error(EX_USAGE, what + (similar.empty() ? "" : "?"));
}

// What the catalogue has seen, where there is one: also values of days that are gone from the store.
void add_catalogued(Search& search, const std::string& field, std::set<std::string>& known) {
  if (!search.index) return;
  const std::string url = search.config.catalogue_url();
  constexpr std::string_view kFile = "sqlite:";
  if (url.starts_with(kFile) && !std::filesystem::exists(url.substr(kFile.size()))) return;
  try {
    for (const ListedValue& value : open_catalogue(url)->values(*search.index, field)) known.insert(value.value);
  } catch (const Error& error) {
    log::warning("%s: values that are only known there are missing", error.what());
  }
}

}  // namespace

Answer print_top(const QueryOptions& options, Search& search, Sink& sink) {
  std::string field = options.top;
  size_t limit = kUsual;
  if (const size_t comma = field.rfind(','); comma != field.npos) {
    const char* end = field.data() + field.size();
    const auto [stop, error] = std::from_chars(field.data() + comma + 1, end, limit);
    if (error != std::errc() || stop != end || limit == 0)
      throw Error(EX_USAGE, "--top " + options.top + ": give FIELD or FIELD,NUMBER");
    field.resize(comma);
  }
  check_field(search, field, "--top");
  ScanRequest request = search.request();
  request.cancel = sink.cancel();
  request.progress = sink.progress();
  const TopValues top = count_values(search, request, field, limit);
  ValueTable table;
  table.name_head = field;
  uint64_t found = 0;
  for (const ValueCount& value : top.values) {
    table.rows.push_back({value.value, value.count});
    found += value.count;
  }
  if (!*sink.cancel()) print_table(table, options.format, in_colour(options, sink), sink);
  return {found, top.stats};
}

Answer print_values(const QueryOptions& options, Search& search, Sink& sink) {
  const bool with = !options.with_match.empty();
  const std::string& field = with ? options.with_match : options.without_match;
  check_field(search, field, with ? "-l" : "-L");
  ScanRequest request = search.request();
  request.cancel = sink.cancel();
  request.progress = sink.progress();
  const TopValues matching = count_values(search, request, field, kNoNumber);
  std::set<std::string> shown;
  for (const ValueCount& value : matching.values) shown.insert(value.value);
  Answer answer{0, matching.stats};
  if (!with) {
    ScanRequest everything;
    everything.cancel = sink.cancel();
    std::set<std::string> known;
    const TopValues all = count_values(search, everything, field, kNoNumber);
    for (const ValueCount& value : all.values) known.insert(value.value);
    for (const std::string& reason : all.stats.incomplete) answer.stats.incomplete.push_back(reason);
    add_catalogued(search, field, known);
    for (const std::string& value : shown) known.erase(value);
    shown.swap(known);
  }
  ValueTable table;
  table.name_head = field;
  table.counts = false;
  for (const std::string& value : shown) table.rows.push_back({value, 0});
  answer.found = shown.size();
  if (!*sink.cancel()) print_table(table, options.format, in_colour(options, sink), sink);
  return answer;
}

}  // namespace alco::output
