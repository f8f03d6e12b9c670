// Live tails as server-sent events.
#include <algorithm>

#include "lib/http/api.h"
#include "lib/http/cursor.h"
#include "lib/query/canonical.h"

namespace alco::http {
namespace {

class TailSource : public Source {
 public:
  TailSource(TailHub& hub, std::shared_ptr<void> place, std::shared_ptr<TailFeed> feed, uint64_t after)
      : hub_(hub), place_(std::move(place)), feed_(std::move(feed)) {
    client_->after = after;
  }

  bool pushes() const override { return client_->pushing; }

  // Catches up, then leaves the rest to the hub.
  State fill(const std::shared_ptr<Outbox>& outbox) override {
    if (!client_->outbox) {
      client_->outbox = outbox;
      client_->next_beat = Clock::now() + std::chrono::seconds(10);
      std::string start = "retry: 2000\n";
      append_tail_note(start, "start", client_->after);
      outbox->append_body(start);
    }
    if (!scan_) {
      newest_ = feed_->index.reader().newest_mark();
      ScanRequest request = feed_->search.scan;
      request.order = Order::arrival;
      request.after = Position{0, client_->after};
      request.cancel = &outbox->abandoned();
      feed_->shape.prepare(request, feed_->search);
      scan_ = feed_->index.reader().scan(request);
    }
    std::string batch;
    Hit hit;
    while (scan_->next(hit)) {
      append_tail_event(batch, hit, *feed_);
      if (batch.size() < TailHub::kRoom / 2) continue;
      client_->after = scan_->mark();
      outbox->append_body(batch);
      return State::more;
    }
    outbox->append_body(batch);
    if (outbox->abandoned()) return State::done;
    client_->after = std::max({client_->after, scan_->mark(), newest_});
    scan_.reset();
    hub_.subscribe(feed_, client_);
    return State::pushed;
  }

 private:
  TailHub& hub_;
  std::shared_ptr<void> place_;
  std::shared_ptr<TailFeed> feed_;
  std::shared_ptr<TailClient> client_ = std::make_shared<TailClient>();
  std::unique_ptr<Scan> scan_;
  uint64_t newest_ = 0;
};

// A browser that reconnects says what it has seen last.
uint64_t place_of(const Request& request, Reader& reader) {
  const std::string* text = request.head.find("last-event-id");
  if (!text) text = request.param("after");
  if (!text || text->empty()) return reader.newest_mark();
  const auto id = *text == "0" ? std::optional<uint64_t>(0) : parse_id(*text);
  if (!id) throw HttpError(400, "after: give the id of an event");
  return *id;
}

// What makes two feeds the same.
std::string key_of(const Request& request, const AuthorizedIndex& index, const Search& search) {
  std::string key = index.name().str();
  if (search.scan.query) key += "\n" + query::canonical(*search.scan.query);
  for (const char* name : {"cols", "mark", "case"}) {
    const std::string* value = request.param(name);
    key += "\n" + (value ? *value : "-");
  }
  return key;
}

void answer_tail(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::tail);
  Search search = parse_search(request, index, api.archive);
  search.scan.since = kMinTime;  // what arrives counts, whatever its time
  search.scan.until = kMaxTime;
  search.scan.cancel = nullptr;  // the request is over before the tail
  const uint64_t after = place_of(request, index.reader());
  auto place = api.tail_places.take(request.client);
  const std::string key = key_of(request, index, search);
  auto feed = std::make_shared<TailFeed>(TailFeed{key, index, std::move(search), ResultShape(request)});
  response.content_type = "text/event-stream; charset=utf-8";
  response.headers.push_back({"X-Accel-Buffering", "no"});
  response.source = std::make_shared<TailSource>(api.tails, std::move(place), std::move(feed), after);
}

}  // namespace

void add_tail_routes(Router& router, const Api& api) {
  router.add("GET", "/api/tail/{index}/", Lane::query,
             [&api](const Request& request, const PathValues& values, Response& response) {
               answer_tail(api, request, values, response);
             });
}

}  // namespace alco::http
