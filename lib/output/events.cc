#include "lib/error.h"
#include "lib/output/answer.h"
#include "lib/output/printer.h"
#include "lib/query/stored_hit.h"

namespace alco::output {
namespace {

constexpr uint64_t kSmallTail = 1000;
constexpr size_t kSmallTailBytes = size_t{4} << 20;

// A place directly before `at`, going from old to new.
Position before(const Position& at) { return {at.time, at.id - 1}; }

// Where the newest `count` hits begin; nullopt if there are none.
std::optional<Position> start_of_tail(Reader& reader, ScanRequest request, uint64_t count) {
  request.order = Order::newest_first;
  request.limit = count;
  request.message = request.json = false;
  request.columns.clear();
  std::optional<Position> start;
  if (count == 0) return start;
  const auto scan = reader.scan(request);
  for (Hit hit; scan->next(hit);) start = hit.at;
  return start;
}

// The newest hits in one pass, if they are few: read from the newest on, printed from the oldest on. Nothing is printed
// if they turn out to be too large to be held.
bool print_small_tail(Reader& reader, ScanRequest request, Printer& printer, Sink& sink, Answer& answer) {
  request.order = Order::newest_first;
  const auto scan = reader.scan(request);
  std::vector<query::StoredHit> hits;
  size_t bytes = 0;
  for (Hit hit; !*sink.cancel() && scan->next(hit);) {
    hits.emplace_back().assign(hit);
    bytes += sizeof(query::StoredHit) + hit.json.size() + hit.message.value_or("").size();
    for (const FieldValue& value : hit.columns) bytes += sizeof value + value.text.size();
    if (bytes > kSmallTailBytes) return false;
  }
  Hit hit;
  for (auto stored = hits.rbegin(); stored != hits.rend(); ++stored) {
    stored->view(hit);
    sink.hits() = ++answer.found;
    printer.print(hit);
  }
  answer.stats = scan->stats();
  return true;
}

Answer with_context(const QueryOptions& options, Search& search, const ScanRequest& request, Printer& printer,
                    Sink& sink) {
  query::ContextScan scan(*search.reader, request, context_options(options));
  Answer answer;
  for (query::ContextLine line; !*sink.cancel() && scan.next(line);) {
    if (line.match) sink.hits() = ++answer.found;
    if (line.gap) printer.gap();
    printer.print(line.hit, {line.match, 0});
  }
  printer.finish();
  answer.stats = scan.stats();
  return answer;
}

}  // namespace

Answer print_events(const QueryOptions& options, Search& search, Sink& sink) {
  Printer printer(options, search, sink);
  ScanRequest request = search.request();
  request.cancel = sink.cancel();
  request.progress = sink.progress();
  request.order = options.reverse ? Order::newest_first : Order::oldest_first;
  if (options.limit != kNoNumber) request.limit = options.limit;
  const uint64_t id = options.id != kNoNumber ? options.id : options.around;
  if (id != kNoNumber) {
    const auto at = search.reader->find_id(id);
    if (!at) return {};
    request.query = nullptr;
    request.since = kMinTime;
    request.until = kMaxTime;
    request.order = Order::oldest_first;
    request.after = before(*at);
    request.limit = 1;
  } else if (options.tail != kNoNumber) {
    if (options.tail <= kSmallTail && !options.wants_context()) {
      Answer answer;
      request.limit = options.tail;
      printer.ask_for(request);
      if (print_small_tail(*search.reader, request, printer, sink, answer)) {
        if (answer.found == 0 && !*sink.cancel()) printer.begin();
        printer.finish();
        return answer;
      }
    }
    const auto start = start_of_tail(*search.reader, request, options.tail);
    if (!start) return {};
    request.after = before(*start);
    request.limit = options.tail;
  }
  printer.ask_for(request);
  if (options.wants_context() || options.around != kNoNumber)
    return with_context(options, search, request, printer, sink);

  Answer answer;
  const auto scan = search.reader->scan(request);
  for (Hit hit; !*sink.cancel() && scan->next(hit);) {
    sink.hits() = ++answer.found;
    printer.print(hit);
    std::string_view lines;
    for (uint64_t count; printer.takes_lines() && !*sink.cancel() && (count = scan->next_lines(lines)) > 0;) {
      sink.hits() = answer.found += count;
      printer.print_lines(lines);
    }
  }
  if (answer.found == 0 && !*sink.cancel()) printer.begin();
  printer.finish();
  answer.stats = scan->stats();
  return answer;
}

}  // namespace alco::output
