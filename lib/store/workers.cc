#include "lib/store/workers.h"

#include <system_error>
#include <utility>

namespace alco::store {

Workers::~Workers() {
  {
    const std::lock_guard lock(mutex_);
    closing_ = true;
  }
  more_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Workers::run(std::function<void()> task) {
  std::function<void()> here;  // for want of a thread
  {
    const std::lock_guard lock(mutex_);
    tasks_.push_back(std::move(task));
    if (idle_ < tasks_.size() && threads_.size() < most_) try {
        threads_.emplace_back([this] { work(); });
      } catch (const std::system_error&) {
        if (threads_.empty()) {
          here = std::move(tasks_.back());
          tasks_.pop_back();
        }
      }
  }
  if (here) return here();
  more_.notify_one();
}

void Workers::work() {
  std::unique_lock lock(mutex_);
  while (!closing_) {
    if (tasks_.empty()) {
      ++idle_;
      more_.wait(lock);
      --idle_;
      continue;
    }
    const std::function<void()> task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

}  // namespace alco::store
