#pragma once
// A few threads that work off tasks in the order in which they came.
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace alco::store {

class Workers {
 public:
  explicit Workers(size_t threads) : most_(threads) {}
  ~Workers();  // waits for the tasks that have begun; drops the others

  // It must not throw. Where no thread is to be had, it has been done when the call returns.
  void run(std::function<void()> task);

 private:
  void work();

  const size_t most_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> tasks_;
  size_t idle_ = 0;
  bool closing_ = false;
  std::vector<std::thread> threads_;  // started when they are needed
};

}  // namespace alco::store
