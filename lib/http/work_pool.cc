#include "lib/http/work_pool.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include "lib/error.h"

namespace alco::http {
namespace {

// Said, since the default differs between systems; the deepest call (a query nested as deep as the parser lets it)
// needs a tenth.
constexpr size_t kStackBytes = 1024 * 1024;

void* run_thread(void* argument) {
  std::unique_ptr<std::function<void()>> body(static_cast<std::function<void()>*>(argument));
  (*body)();
  return nullptr;
}

}  // namespace

WorkPool::WorkPool(const Limits& limits)
    : limits_(limits), most_streams_(std::max<size_t>(1, limits.running - std::max<size_t>(1, limits.running / 4))) {
  try {
    for (size_t i = 0; i < kLightThreads; ++i) start(Lane::light);
    for (size_t i = 0; i < limits_.running; ++i) start(Lane::query);
  } catch (...) {
    stop();  // those that run wait for what is about to go
    throw;
  }
}

void WorkPool::start(Lane lane) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStackBytes);
  auto body = std::make_unique<std::function<void()>>([this, lane] { work(lane); });
  pthread_t thread;
  const int failed = pthread_create(&thread, &attributes, run_thread, body.get());
  pthread_attr_destroy(&attributes);
  if (failed) throw system_error("worker", "pthread_create", failed);
  body.release();
  threads_.push_back(thread);
}

WorkPool::~WorkPool() { stop(); }

void WorkPool::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  light_.ready.notify_all();
  query_.ready.notify_all();
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
}

WorkPool::Admission WorkPool::submit(Lane lane, Job job) {
  std::lock_guard lock(mutex_);
  if (lane == Lane::light) {
    light_.jobs.push_back(std::move(job));
    light_.ready.notify_one();
    return Admission::accepted;
  }
  size_t all = 0, same = 0;
  for (const Job& other : query_.jobs) {
    if (other.streamed) continue;
    ++all;
    if (other.client == job.client) ++same;
  }
  // Those for whom a thread is free do not wait: it has not woken up yet.
  const auto running = running_.find(job.client);
  const size_t mine = running == running_.end() ? 0 : running->second;
  const size_t free = limits_.running - running_total_;
  const size_t my_free = std::min(free, limits_.running_per_client - std::min(mine, limits_.running_per_client));
  if (same >= limits_.waiting_per_client + my_free) return Admission::client_full;
  if (all >= limits_.waiting + free) return Admission::full;
  query_.jobs.push_back(std::move(job));
  query_.ready.notify_one();
  return Admission::accepted;
}

void WorkPool::resume(Job job) {
  std::lock_guard lock(mutex_);
  job.streamed = true;
  query_.jobs.push_back(std::move(job));
  query_.ready.notify_one();
}

// The oldest job whose client has a thread left in its share.
bool WorkPool::take_query(Job& job) {
  for (auto it = query_.jobs.begin(); it != query_.jobs.end(); ++it) {
    if (!stopping_ && running_[it->client] >= limits_.running_per_client) continue;
    if (!stopping_ && it->streamed && running_streams_ >= most_streams_) continue;
    job = std::move(*it);
    query_.jobs.erase(it);
    ++running_[job.client];
    ++running_total_;
    if (job.streamed) ++running_streams_;
    return true;
  }
  return false;
}

void WorkPool::work(Lane lane) {
  Queue& queue = lane == Lane::light ? light_ : query_;
  std::unique_lock lock(mutex_);
  while (true) {
    Job job;
    bool taken = false;
    queue.ready.wait(lock, [&] {
      if (lane == Lane::query) {
        taken = take_query(job);
      } else if (!queue.jobs.empty()) {
        job = std::move(queue.jobs.front());
        queue.jobs.pop_front();
        taken = true;
      }
      return taken || (stopping_ && queue.jobs.empty());
    });
    if (!taken) return;
    lock.unlock();
    job.run();
    job.run = nullptr;  // frees what it holds outside of the lock
    lock.lock();
    if (lane == Lane::light) continue;
    --running_total_;
    if (job.streamed) --running_streams_;
    if (--running_[job.client] == 0) running_.erase(job.client);
    queue.ready.notify_one();  // one that waited for this client's share
  }
}

size_t WorkPool::running() const {
  std::lock_guard lock(mutex_);
  return running_total_;
}

size_t WorkPool::waiting() const {
  std::lock_guard lock(mutex_);
  return query_.jobs.size();
}

}  // namespace alco::http
