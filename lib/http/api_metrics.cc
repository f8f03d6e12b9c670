// What Prometheus asks for.
#include <algorithm>

#include "lib/delivery/run_dir.h"
#include "lib/http/api.h"
#include "lib/http/gate.h"

namespace alco::http {
namespace {

class Metrics {
 public:
  void family(const char* name, const char* type, const char* help) {
    text_ += std::string("# HELP ") + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
    name_ = name;
  }
  void value(uint64_t number, const std::string& labels = "") {
    text_ += name_ + labels + " " + std::to_string(number) + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_, name_;
};

// Names of indexes need no escaping: lib/index_name.h.
std::string label(const IndexName& index) { return "{index=\"" + index.str() + "\"}"; }

std::string index_metrics(const std::vector<AuthorizedIndex>& indexes, const std::atomic<bool>* cancel) {
  Metrics metrics;
  std::vector<std::pair<std::string, Summary>> all;
  for (const AuthorizedIndex& index : indexes) all.emplace_back(label(index.name()), index.reader().summary(cancel));
  metrics.family("alco_index_events", "gauge", "Events in the store.");
  for (const auto& [labels, summary] : all) metrics.value(summary.events, labels);
  metrics.family("alco_index_bytes", "gauge", "Bytes on disk.");
  for (const auto& [labels, summary] : all) metrics.value(summary.bytes, labels);
  metrics.family("alco_index_newest_seconds", "gauge", "Time of the newest event, since 1970.");
  for (const auto& [labels, summary] : all)
    if (summary.events > 0) metrics.value(static_cast<uint64_t>(summary.newest.time / kSecond), labels);
  metrics.family("alco_index_newest_id", "counter", "The id that was given last: events ever stored.");
  for (const auto& [labels, summary] : all) metrics.value(summary.newest_id, labels);
  return metrics.take();
}

std::string server_metrics(const Api& api) {
  const ServerLoad load = api.load();
  Metrics metrics;
  metrics.family("alco_http_connections", "gauge", "Open connections.");
  metrics.value(load.connections);
  metrics.family("alco_http_queries_running", "gauge", "Searches that run.");
  metrics.value(load.running);
  metrics.family("alco_http_queries_waiting", "gauge", "Searches that wait for their turn.");
  metrics.value(load.waiting);
  metrics.family("alco_http_pending_bytes", "gauge", "Bytes of answers that their readers have not taken.");
  metrics.value(load.pending_bytes);
  metrics.family("alco_http_refused_total", "counter", "Requests that the gate refused.");
  metrics.value(load.refused);
  metrics.family("alco_http_requests_total", "counter", "Requests that were handed to a worker.");
  metrics.value(load.requests);
  metrics.family("alco_http_tails", "gauge", "Live tails.");
  metrics.value(api.tail_places.taken());
  metrics.family("alco_http_exports", "gauge", "Exports that run.");
  metrics.value(api.export_places.taken());
  return metrics.take();
}

// What alco-consume and alco-index count while they run.
std::string tool_metrics(const std::vector<AuthorizedIndex>& indexes) {
  return running_counters([&](std::string_view name) {
    return std::any_of(indexes.begin(), indexes.end(), [&](const auto& index) { return index.name().str() == name; });
  });
}

}  // namespace

void add_metrics_routes(Router& router, const Api& api) {
  router.add("GET", "/metrics", Lane::light, [&api](const Request& request, const PathValues&, Response& response) {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    const auto indexes = api.archive.all(request, Right::read);
    response.body = server_metrics(api) + index_metrics(indexes, &request.cancel) + tool_metrics(indexes);
  });
}

}  // namespace alco::http
