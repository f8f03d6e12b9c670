// The window of records in flight against random streams of answers: rule R4 of doc/delivery.md.
#include "lib/delivery/ack_window.h"

#include <random>
#include <set>

#include "lib/delivery/poison_hunt.h"
#include "tests/unit/check.h"

namespace alco {
namespace {

Record record(uint64_t number) { return {"{\"n\":" + std::to_string(number) + "}", std::nullopt}; }

// Keeps what the window should know in the plainest way, and compares.
struct Model {
  AckWindow window;
  std::mt19937_64 random;
  uint64_t epoch = 1;
  uint64_t given = 0;          // records added, numbered from 1
  uint64_t returned = 0;       // taken as safe
  std::set<uint64_t> safe;     // numbers that were answered for
  std::vector<uint64_t> sent;  // numbers by seq - 1 of this epoch

  explicit Model(uint64_t seed) : random(seed) { window.restart(epoch); }
  uint64_t below(uint64_t limit) { return random() % limit; }

  void add() { window.add(record(++given)); }

  void send() {
    while (window.has_unsent() && below(8) != 0) {
      std::string line;
      window.send_next(line);
      const size_t at = line.find("\"n\":");
      sent.push_back(std::stoull(line.substr(at + 4)));
      CHECK(!safe.contains(sent.back()));
    }
  }

  void answer() {
    Ack ack{AckVerb::ok, epoch, 0, 0};
    ack.first = 1 + below(sent.size() + 3);
    ack.last = ack.first + below(5);
    if (below(10) == 0) ack.epoch = epoch + 7;
    if (below(50) == 0) ack.last = UINT64_MAX;
    const bool known = ack.epoch != epoch || ack.last <= sent.size();
    CHECK(window.mark(ack) == known);
    if (!known || ack.epoch != epoch) return;
    for (uint64_t seq = ack.first; seq <= ack.last; ++seq) safe.insert(sent[seq - 1]);
  }

  void take() {
    const uint64_t count = window.take_safe();
    for (uint64_t i = 1; i <= count; ++i) CHECK(safe.contains(returned + i));
    returned += count;
    CHECK(returned <= given);
    CHECK(!safe.contains(returned + 1) || returned == given);
    CHECK(window.size() == given - returned);
  }

  void die() {
    window.restart(++epoch);
    sent.clear();
  }

  void lose() {
    window.forget();
    window.restart(++epoch);
    sent.clear();
    returned = given;
    CHECK(window.size() == 0 && window.bytes() == 0 && window.unanswered() == 0);
  }
};

void never_acknowledges_unknown_double_or_early() {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    Model model(seed);
    for (int step = 0; step < 2000; ++step) {
      switch (model.below(12)) {
        case 0:
        case 1:
        case 2:
          model.add();
          break;
        case 3:
        case 4:
          model.send();
          break;
        case 5:
        case 6:
        case 7:
          model.answer();
          break;
        case 8:
        case 9:
        case 10:
          model.take();
          break;
        default:
          if (model.below(20) == 0) model.die();
          if (model.below(60) == 0) model.lose();
      }
      uint64_t unanswered = 0;
      for (const uint64_t number : model.sent) unanswered += !model.safe.contains(number);
      CHECK(model.window.unanswered() == unanswered);
    }
  }
}

void waits_for_every_sink() {
  AckWindow window(2);
  window.restart(5);
  window.add(record(1));
  std::string line;
  window.send_next(line);
  CHECK(line == "{\"@alco\":{\"p\":\"0000000000000005:1\"},\"n\":1}\n");
  CHECK(window.mark({AckVerb::ok, 5, 1, 1}));
  CHECK(window.take_safe() == 0);
  CHECK(window.mark({AckVerb::ok, 5, 1, 1}));
  CHECK(window.take_safe() == 1);
}

void writes_positions_and_ids() {
  AckWindow window;
  window.restart(0xab);
  window.add({"{}", MessageId{1, 2}});
  window.add({"{\"a\":1}", MessageId{1, 2}});
  window.add({"{\"a\":1}", std::nullopt});
  std::string lines;
  window.send_next(lines);
  window.send_plain(lines);
  window.send_plain(lines);
  CHECK(lines ==
        "{\"@alco\":{\"p\":\"00000000000000ab:1\",\"id\":\"00000000000000010000000000000002\"}}\n"
        "{\"@alco\":{\"id\":\"00000000000000010000000000000002\"},\"a\":1}\n"
        "{\"a\":1}\n");
}

// Runs a pipeline that dies of the records in `poison` until all others passed; returns what was set aside.
std::set<uint64_t> hunt(uint64_t records, const std::set<uint64_t>& poison, bool& hopeless) {
  AckWindow window;
  PoisonHunt hunter;
  std::set<uint64_t> set_aside;
  uint64_t epoch = 1, returned = 0;
  window.restart(epoch);
  for (uint64_t i = 1; i <= records; ++i) window.add(record(i));
  const auto reject = [&](const std::vector<uint64_t>& guilty) {
    for (const uint64_t nth : guilty) {
      set_aside.insert(returned + nth + 1);
      window.set_safe(nth);
    }
  };
  hopeless = false;
  for (int runs = 0; runs < 2000 && window.size() > 0; ++runs) {
    if (hunter.hopeless(window)) {
      hopeless = true;
      break;
    }
    if (!window.has_unsent() && window.held() > 0) hunter.try_again(window);
    bool dead = false;
    while (window.has_unsent() && window.unanswered() < hunter.allowed()) {
      std::string line;
      window.send_next(line);
      dead = dead || poison.contains(std::stoull(line.substr(line.find("\"n\":") + 4)));
    }
    if (dead) {
      reject(hunter.died(window, true));
      window.restart(++epoch);
    } else {
      const uint64_t answered = window.unanswered();
      CHECK(window.mark({AckVerb::ok, epoch, 1, window.sent()}));
      reject(hunter.answered(window, answered));
    }
    returned += window.take_safe();
  }
  return set_aside;
}

void finds_the_poison_and_nothing_else() {
  bool hopeless = false;
  CHECK(hunt(1000, {501}, hopeless) == std::set<uint64_t>{501} && !hopeless);
  CHECK((hunt(1000, {1, 2, 999}, hopeless) == std::set<uint64_t>{1, 2, 999}) && !hopeless);
  CHECK(hunt(1, {1}, hopeless) == std::set<uint64_t>{1} && !hopeless);
  std::set<uint64_t> all;
  for (uint64_t i = 1; i <= 100; ++i) all.insert(i);
  CHECK(hunt(100, all, hopeless).empty() && hopeless);  // it is the pipeline
}

}  // namespace
}  // namespace alco

int main() {
  alco::never_acknowledges_unknown_double_or_early();
  alco::waits_for_every_sink();
  alco::writes_positions_and_ids();
  alco::finds_the_poison_and_nothing_else();
  return failures() != 0;
}
