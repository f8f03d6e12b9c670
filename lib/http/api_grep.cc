// Pages of events, in either order and both directions; and one event.
#include <algorithm>

#include "lib/http/api.h"
#include "lib/http/context.h"
#include "lib/http/cursor.h"
#include "lib/http/results.h"
#include "lib/http/search.h"

namespace alco::http {
namespace {

struct PagePlace {
  Order order = Order::newest_first;  // in which the page is shown
  std::optional<Position> after;      // it lies behind this, in the order of the scan
  bool backwards = false;             // the scan runs against `order`
};

Order opposite(Order order) { return order == Order::newest_first ? Order::oldest_first : Order::newest_first; }

// Just before `at` in `order`, so that a page that begins behind it begins with `at`.
Position just_before(Position at, Order order) {
  if (order == Order::oldest_first)
    --at.id;
  else
    ++at.id;
  return at;
}

PagePlace page_place(const Request& request, Reader& reader) {
  PagePlace place;
  if (const std::string* order = request.param("order")) {
    if (*order != "asc" && *order != "desc") throw HttpError(400, "order: '" + *order + "' is neither asc nor desc");
    if (*order == "asc") place.order = Order::oldest_first;
  }
  if (const std::string* text = request.param("cursor"); text && !text->empty()) {
    const auto cursor = parse_cursor(*text);
    if (!cursor) throw HttpError(400, "cursor: take it from 'next', 'previous' or a result of an earlier answer");
    place.after = cursor->at;
    place.backwards = cursor->before;
  } else if (const std::string* around = request.param("around"); around && !around->empty()) {
    const auto id = parse_id(*around);
    const auto at = id ? reader.find_id(*id, &request.cancel) : std::nullopt;
    if (!at) throw HttpError(404, "there is no event with this id in the index; it may be past its retention");
    place.after = just_before(*at, place.order);
  }
  return place;
}

struct Row {
  Position at;
  std::string json;
};

// The rows of one page in the order of the scan.
class PageScan {
 public:
  PageScan(const Request& request, const Api& api, const AuthorizedIndex& index)
      : api_(api),
        reader_(index.reader()),
        search_(parse_search(request, index, api.archive)),
        shape_(request),
        context_options_(context_options(request)),
        place_(page_place(request, reader_)),
        progress_(api.progress.begin(request)),
        limit_(number_param(request, "limit", static_cast<uint64_t>(std::max(1, api.config.http.page_size)), 1,
                            api.limits.page_rows)) {}

  void run() {
    ScanRequest scan = search_.scan;
    scan.order = place_.backwards ? opposite(place_.order) : place_.order;
    scan.after = place_.after;
    scan.progress = &progress_->share;
    scan.limit = limit_ + 1;  // one more tells whether there is a next page
    shape_.prepare(scan, search_);
    scan.columns.insert(scan.columns.end(), context_options_.same.begin(), context_options_.same.end());
    if (context_options_.wanted()) context_.emplace(reader_, context_options_, shape_, search_);
    const auto found = reader_.scan(scan);
    Hit hit;
    while (found->next(hit)) {
      if (rows_.size() == limit_ || bytes_ > api_.limits.page_bytes) {
        more_ = true;
        break;
      }
      add(hit);
    }
    stats_ = found->stats();
    if (place_.backwards) std::reverse(rows_.begin(), rows_.end());
  }

  void write(const Request& request, std::string& body) const {
    JsonWriter json(body);
    json.begin_object().key("results").begin_array();
    if (context_)
      context_->write(json, place_.order);
    else
      for (const Row& row : rows_) json.raw(row.json);
    json.end_array();
    // A search that was stopped goes on behind its last row.
    const bool more_behind = place_.backwards ? !rows_.empty() || place_.after : more_ || request.late;
    json.key("next");
    write_cursor(json, more_behind, rows_.empty() ? place_.after : rows_.back().at, false);
    const bool more_before = place_.backwards ? more_ || request.late : true;
    json.key("previous");
    write_cursor(json, more_before, rows_.empty() ? place_.after : rows_.front().at, true);
    json.key("query");
    write_query(json, search_);
    write_incomplete(json, request, stats_.incomplete);
    json.end_object();
  }

 private:
  void add(const Hit& hit) {
    Row row{hit.at, ""};
    if (context_) {
      const std::span<const FieldValue> columns(hit.columns);
      context_->add(hit, columns.subspan(columns.size() - context_options_.same.size()), false);
      bytes_ = context_->bytes();
    } else {
      append_result(row.json, hit, shape_, search_, {});
      bytes_ += row.json.size();
    }
    rows_.push_back(std::move(row));
  }

  static void write_cursor(JsonWriter& json, bool more, const std::optional<Position>& at, bool before) {
    if (more && at)
      json.string(to_text(Cursor{*at, before}));
    else
      json.null();
  }

  const Api& api_;
  Reader& reader_;
  Search search_;
  ResultShape shape_;
  ContextOptions context_options_;
  PagePlace place_;
  std::shared_ptr<Progress> progress_;
  uint64_t limit_;
  std::optional<ContextPage> context_;
  std::vector<Row> rows_;
  size_t bytes_ = 0;
  bool more_ = false;
  ScanStats stats_;
};

void answer_page(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  PageScan page(request, api, index);
  page.run();
  page.write(request, response.body);
}

void answer_event(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  const auto id = parse_id(values[1]);
  const auto at = id ? index.reader().find_id(*id, &request.cancel) : std::nullopt;
  if (at) {
    ScanRequest scan;
    scan.order = Order::oldest_first;
    scan.after = just_before(*at, Order::oldest_first);
    scan.since = at->time;
    scan.limit = 1;
    scan.json = true;
    scan.cancel = &request.cancel;
    Hit hit;
    const auto found = index.reader().scan(scan);
    if (found->next(hit) && hit.at == *at) {
      JsonWriter json(response.body);
      json.begin_object();
      json.key("id").string(std::to_string(at->id));
      json.key("datetime").string(to_rfc3339(at->time));
      json.key("event").raw(hit.json);
      json.end_object();
      return;
    }
  }
  throw HttpError(404, "there is no event with this id in the index; it may be past its retention");
}

}  // namespace

void add_grep_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/grep/{index}/", answer_page);
  add_query(router, api, "GET", "/api/event/{index}/{id}/", answer_event);
}

}  // namespace alco::http
