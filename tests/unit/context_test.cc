// ContextScan against the definition, computed on the whole list of events.
#include "lib/query/context.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "lib/query/parse.h"
#include "lib/query/raw_reader.h"
#include "tests/unit/check.h"

using namespace alco;
using namespace alco::query;

namespace {

struct Made {
  Nanoseconds time;
  std::string host;
  bool hit;
};

struct Shown {
  size_t number;  // of the event, in order
  bool match, gap;
  bool operator==(const Shown&) const = default;
};

class Log {
 public:
  Log(std::mt19937& random, size_t count, size_t hosts, size_t hit_every) {
    Nanoseconds time = 1'795'000'000 * kSecond;
    for (size_t i = 0; i < count; ++i) {
      time += kSecond * (random() % 3);
      events.push_back({time, "h" + std::to_string(random() % hosts), random() % hit_every == 0});
    }
    char path[] = "/tmp/context_test.XXXXXX";
    const int fd = mkstemp(path);
    FILE* file = fdopen(fd, "w");
    for (const Made& event : events)
      fprintf(file, "{\"@timestamp\":%lld,\"message\":\"%s\",\"host\":\"%s\"}\n", static_cast<long long>(event.time),
              event.hit ? "hit" : "miss", event.host.c_str());
    fclose(file);
    reader = open_raw({{path}, {}, false});
    reader->summary();  // reads the file
    unlink(path);
  }

  std::vector<Made> events;
  std::unique_ptr<Reader> reader;
};

std::vector<Shown> scanned(Log& log, Order order, uint64_t limit, const ContextOptions& options) {
  ScanRequest request;
  request.query = std::make_shared<const Node>(parse("@message=\"hit\"", {}).node);
  request.order = order;
  request.limit = limit;
  ContextScan scan(*log.reader, request, options);
  std::vector<Shown> lines;
  for (ContextLine line; scan.next(line);) {
    lines.push_back({static_cast<size_t>(line.hit.at.id - 1), line.match, line.gap});
    CHECK(line.hit.message == (log.events[line.hit.at.id - 1].hit ? "hit" : "miss"));
  }
  return lines;
}

bool near(const Log& log, size_t a, size_t b, Nanoseconds within) {
  return within == kMaxTime || std::llabs(log.events[a].time - log.events[b].time) <= within;
}

// Without `same`: the union of all surroundings, in order.
std::vector<Shown> expected(const Log& log, bool forward, uint64_t limit, const ContextOptions& options) {
  std::vector<size_t> order(log.events.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = forward ? i : order.size() - 1 - i;
  std::map<size_t, bool> shown;  // by place in `order`
  uint64_t hits = 0;
  for (size_t i = 0; i < order.size() && hits < limit; ++i) {
    if (!log.events[order[i]].hit) continue;
    ++hits;
    shown[i] = true;
    const uint64_t lead = forward ? options.before : options.after, trail = forward ? options.after : options.before;
    for (uint64_t n = 1; n <= lead && n <= i && near(log, order[i - n], order[i], options.within); ++n) shown[i - n];
    for (uint64_t n = 1; n <= trail && i + n < order.size() && near(log, order[i + n], order[i], options.within); ++n)
      shown[i + n];
  }
  std::vector<Shown> lines;
  size_t last = 0;
  for (const auto& [place, match] : shown) {
    lines.push_back({order[place], match, !lines.empty() && place != last + 1});
    last = place;
  }
  return lines;
}

void surrounds_hits_as_grep_does() {
  std::mt19937 random(7);
  for (int round = 0; round < 60; ++round) {
    Log log(random, 1 + random() % 300, 3, 1 + random() % 40);
    for (int n = 0; n < 6; ++n) {
      ContextOptions options{random() % 6, random() % 6, kMaxTime, {}};
      if (random() % 3 == 0) options.within = kSecond * (random() % 6);
      if (random() % 6 == 0) options.before = options.after = ~uint64_t{0};
      const uint64_t limit = random() % 3 == 0 ? 1 + random() % 4 : ~uint64_t{0};
      const bool forward = random() % 2;
      CHECK(scanned(log, forward ? Order::oldest_first : Order::newest_first, limit, options) ==
            expected(log, forward, limit, options));
    }
  }
}

void jumps_between_far_hits() {
  std::mt19937 random(8);
  Log log(random, 30'000, 3, 7'000);
  for (const auto& [before, after] :
       std::vector<std::pair<uint64_t, uint64_t>>{{3, 2}, {0, 4}, {2, 0}, {1500, 0}, {5000, 10}})
    for (const bool forward : {true, false})
      CHECK(scanned(log, forward ? Order::oldest_first : Order::newest_first, ~uint64_t{0},
                    {before, after, kMaxTime, {}}) ==
            expected(log, forward, ~uint64_t{0}, {before, after, kMaxTime, {}}));
}

// With `same`: what is shown is the union over the hits of what surrounds them among their equals; no event twice.
void keeps_to_equal_events() {
  std::mt19937 random(9);
  for (int round = 0; round < 40; ++round) {
    const size_t hosts = 1 + random() % 12;
    Log log(random, 1 + random() % 300, hosts, 1 + random() % 30);
    const ContextOptions options{random() % 5, random() % 5, random() % 2 ? kMaxTime : kSecond * 20, {"host"}};
    std::set<size_t> wanted;
    for (size_t i = 0; i < log.events.size(); ++i) {
      if (!log.events[i].hit) continue;
      wanted.insert(i);
      for (const int step : {-1, 1}) {
        uint64_t left = step < 0 ? options.before : options.after;
        for (size_t j = i + static_cast<size_t>(step); left > 0 && j < log.events.size();
             j += static_cast<size_t>(step)) {
          if (log.events[j].host != log.events[i].host) continue;
          if (!near(log, i, j, options.within)) break;
          wanted.insert(j);
          --left;
        }
      }
    }
    std::multiset<size_t> got;
    std::string host;
    size_t last = 0;
    for (const Shown& line : scanned(log, Order::oldest_first, ~uint64_t{0}, options)) {
      const Made& event = log.events[line.number];
      CHECK(got.empty() || line.gap || (event.host == host && line.number > last));  // a group: equals, in order
      got.insert(line.number);
      host = event.host;
      last = line.number;
    }
    CHECK(std::multiset<size_t>(wanted.begin(), wanted.end()) == got);
  }
}

}  // namespace

int main() {
  surrounds_hits_as_grep_does();
  jumps_between_far_hits();
  keeps_to_equal_events();
  return failures() != 0;
}
