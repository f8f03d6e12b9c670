#include "lib/delivery/delivery_stats.h"

#include "lib/event_parser.h"
#include "lib/log.h"

namespace alco {
namespace {

// Seconds between the time of the newest committed event and now; 0 if there is none.
double lag(const AckWindow& window) {
  if (window.newest_safe().empty()) return 0;
  const Nanoseconds current = now();
  EventParser parser;
  return static_cast<double>(current - parser.parse(window.newest_safe(), current).time) / kSecond;
}

}  // namespace

DeliveryStats::DeliveryStats(const std::string& index, std::chrono::seconds interval)
    : file_("alco-consume", index), interval_(interval) {}

void DeliveryStats::report(const Source& source, const AckWindow& window, bool last) {
  const auto current = Clock::now();
  const bool print = interval_.count() > 0 && (last || current - printed_ >= interval_);
  if (!print && !file_.due()) return;
  const SourceCounters from = source.counters();
  const double age = lag(window);
  file_.write({{"received_total", static_cast<double>(from.received)},
               {"redelivered_total", static_cast<double>(from.redelivered)},
               {"reconnects_total", static_cast<double>(from.reconnects)},
               {"committed_total", static_cast<double>(committed)},
               {"acknowledged_total", static_cast<double>(acknowledged)},
               {"rejected_total", static_cast<double>(rejected + from.rejected)},
               {"pipeline_restarts_total", static_cast<double>(restarts)},
               {"unacknowledged", static_cast<double>(window.size())},
               {"lag_seconds", age}});
  if (!print) return;
  const double seconds = std::chrono::duration<double>(current - printed_).count();
  log::notice(
      "received %ju (%.0f/s), committed %ju (%.0f/s), acknowledged %ju, redelivered %ju, rejected %ju, "
      "unacknowledged %ju, lag %.1f s",
      static_cast<uintmax_t>(from.received), static_cast<double>(from.received - printed_received_) / seconds,
      static_cast<uintmax_t>(committed), static_cast<double>(committed - printed_committed_) / seconds,
      static_cast<uintmax_t>(acknowledged), static_cast<uintmax_t>(from.redelivered),
      static_cast<uintmax_t>(rejected + from.rejected), static_cast<uintmax_t>(window.size()), age);
  printed_ = current;
  printed_received_ = from.received;
  printed_committed_ = committed;
}

}  // namespace alco
