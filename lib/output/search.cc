#include "lib/output/search.h"

#include "lib/error.h"
#include "lib/query/matcher.h"
#include "lib/query/raw_reader.h"

namespace alco::output {
namespace {

using query::Node;
using query::Pattern;

void usage(const std::string& what) { throw Error(EX_USAGE, what); }

void check(const QueryOptions& o) {
  const bool pattern = !o.fixed.empty() || !o.regex.empty();
  if (pattern && !o.words.empty())
    usage("-F and -E stand in place of QUERY ('" + o.words[0] + "'); name files with -f");
  if (o.ignore_case && o.case_sensitive) usage("--ignore-case and --case-sensitive exclude each other");
  if (!o.index.empty() && !o.files.empty()) usage("-i reads an index, -f reads files: give one of them");
  if (o.utc && !o.zone.empty()) usage("--utc and --tz exclude each other");
  if (o.tail != kNoNumber && (o.reverse || (o.limit != kNoNumber && !o.follow)))
    usage("--tail can't be combined with --reverse or --limit: use --reverse --limit N to see the newest first");
  if (o.follow && (o.reverse || o.count || o.wants_context() || !o.until.empty()))
    usage("--follow shows what arrives: it can't be combined with --reverse, --until, -c or context");
  if (o.follow && (!o.top.empty() || !o.histogram.empty() || !o.with_match.empty() || !o.without_match.empty()))
    usage("--follow can't be combined with counts of values or times");
  const int answers = (o.count || o.quiet) + !o.top.empty() + !o.histogram.empty() + !o.with_match.empty() +
                      !o.without_match.empty() + (o.id != kNoNumber || o.around != kNoNumber);
  if (answers > 1) usage("only one of -c, --top, --hist, -l, -L, --id and --around can be answered at a time");
  if (o.id != kNoNumber && o.around != kNoNumber) usage("give --id or --around, not both");
}

// As grep: a newline in a pattern separates patterns.
std::vector<std::string> alternatives(const std::vector<std::string>& texts) {
  std::vector<std::string> all;
  for (const std::string& text : texts) {
    size_t at = 0;
    for (size_t end; (end = text.find('\n', at)) != text.npos; at = end + 1) all.push_back(text.substr(at, end - at));
    all.push_back(text.substr(at));
  }
  return all;
}

Node pattern_node(const QueryOptions& o, query::Case letter_case) {
  std::vector<Node> any;
  const auto add = [&](Pattern pattern) {
    pattern.whole_word = o.whole_word;
    query::Matcher check_now(pattern);  // a bad expression is told at once
    any.push_back(query::contains(std::move(pattern)));
  };
  for (const std::string& text : alternatives(o.fixed)) add(query::literal(text, letter_case));
  for (const std::string& text : alternatives(o.regex)) add(query::regex(text, letter_case));
  return query::any_of(std::move(any));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// The store reads once and forwards, and nothing is asked of it afterwards.
bool one_pass(const QueryOptions& o) {
  return !o.wants_context() && !o.reverse && o.tail == kNoNumber && o.id == kNoNumber && o.around == kNoNumber &&
         o.histogram.empty() && o.top.empty() && o.with_match.empty() && o.without_match.empty() && !o.explain;
}

void open_files(const QueryOptions& o, Search& search) {
  query::RawOptions raw;
  raw.paths = o.files;
  raw.multiline = parse_multiline(o.multiline);
  raw.one_pass = one_pass(o);
  search.subject =
      o.files.size() == 1 ? (o.files[0] == "-" ? "stdin" : o.files[0]) : std::to_string(o.files.size()) + " files";
  search.reader = query::open_raw(raw);
}

void open_index(const QueryOptions& o, Search& search) {
  search.store = open_configured_store(o, search.config);
  if (o.index.empty()) {
    const auto all = search.store->indexes();
    std::string names;
    for (const IndexName& name : all) names += (names.empty() ? "" : ", ") + name.str();
    usage(names.empty() ? "which index? give -i INDEX; " + search.store->url() + " has none yet"
                        : "which index? give -i with one of: " + names);
  }
  search.index = IndexName::require(o.index);
  search.subject = o.index;
  search.reader = search.store->reader(*search.index);
}

}  // namespace

std::unique_ptr<Store> open_configured_store(const QueryOptions& options, const Config& config) {
  return open_store(options.store.empty() ? config.store : options.store, config);
}

const query::FieldNames& Search::known_fields() {
  if (!has_fields) {
    for (const FieldInfo& field : reader->fields()) fields.insert(field.name);
    has_fields = true;
  }
  return fields;
}

ScanRequest Search::request() const {
  ScanRequest request;
  if (query.kind != Node::Kind::everything) request.query = std::make_shared<const Node>(query);
  request.since = range.since;
  request.until = range.until;
  return request;
}

Search open_search(const QueryOptions& options) {
  check(options);
  Search search;
  search.zone = options.utc ? TimeZone() : options.zone.empty() ? TimeZone::local() : TimeZone::named(options.zone);
  search.range = parse_time_range(options.since, options.until, search.zone, now());
  const bool pattern = !options.fixed.empty() || !options.regex.empty();
  query::Case letter_case = pattern ? query::Case::exact : query::Case::smart;
  if (options.ignore_case) letter_case = query::Case::ignore;
  if (options.case_sensitive) letter_case = query::Case::exact;
  if (pattern) search.sought = pattern_node(options, letter_case);
  if (options.files.empty() || !options.config.empty()) search.config = load_config(options.config);
  if (options.files.empty())
    open_index(options, search);
  else
    open_files(options, search);
  if (!pattern) {
    const std::string text = joined(options.words);
    const bool may_name_fields = text.find_first_of(":<>=") != text.npos;
    query::Parsed parsed = query::parse(text, may_name_fields ? search.known_fields() : query::FieldNames{},
                                        {letter_case, options.whole_word});
    search.sought = std::move(parsed.node);
    search.notes = std::move(parsed.notes);
  }
  search.query = options.invert ? query::negated(search.sought) : search.sought;
  return search;
}

query::ContextOptions context_options(const QueryOptions& o) {
  query::ContextOptions context;
  const bool counted = o.after != kNoNumber || o.before != kNoNumber || o.context != kNoNumber;
  if (!o.within.empty()) context.within = parse_duration(o.within, "--within");
  uint64_t both = o.context;
  if (both == kNoNumber && !counted) both = o.within.empty() ? 10 : kNoNumber;  // --within alone: however many
  if (both == kNoNumber && counted) both = 0;
  context.before = o.before != kNoNumber ? o.before : both;
  context.after = o.after != kNoNumber ? o.after : both;
  context.same = o.same;
  return context;
}

}  // namespace alco::output
