#include "lib/store/workers.h"

#include <atomic>
#include <chrono>
#include <future>
#include <thread>

#include "tests/unit/check.h"

using namespace alco;

namespace {

void runs_every_task() {
  std::atomic<int> sum{0};
  std::promise<void> done;
  store::Workers workers(3);
  for (int i = 1; i <= 1000; ++i)
    workers.run([&sum, &done, i] {
      if ((sum += i) == 500'500) done.set_value();
    });
  done.get_future().wait();
  CHECK(sum == 500'500);
}

void waits_for_what_has_begun_and_drops_the_rest() {
  constexpr int kTasks = 5000;  // of a millisecond
  std::atomic<int> begun{0}, ended{0};
  std::promise<void> first;
  {
    store::Workers workers(1);
    for (int i = 0; i < kTasks; ++i)
      workers.run([&] {
        if (begun++ == 0) first.set_value();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        ++ended;
      });
    first.get_future().wait();
  }
  CHECK(begun == ended);
  CHECK(ended < kTasks);
}

}  // namespace

int main() {
  runs_every_task();
  waits_for_what_has_begun_and_drops_the_rest();
  return failures() != 0;
}
