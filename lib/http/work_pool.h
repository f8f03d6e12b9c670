#pragma once
// Threads that answer requests: a few for what is quick (files, health), a bounded number for queries, with a bounded
// queue that is fair among clients. The queue for what is quick needs no bound: each connection has one request at
// most, and an honest client must not be put off because others hold many.
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include <pthread.h>

#include "lib/http/limits.h"

namespace alco::http {

enum class Lane { light, query };

class WorkPool {
 public:
  struct Job {
    std::string client;         // whose share it takes
    std::function<void()> run;  // must not throw
    bool streamed = false;      // a part of an answer that goes on for long: counts for no limit of the queue
  };
  enum class Admission { accepted, client_full, full };

  explicit WorkPool(const Limits& limits);
  ~WorkPool();  // runs what is queued (their clients are gone by then), joins the threads

  Admission submit(Lane lane, Job job);
  // The next part of a streamed answer, whose request was accepted before: never refused. Such parts may take long
  // (nothing is found, and there is much to look at); some threads are left to others at all times, if there are any.
  void resume(Job job);

  size_t running() const;  // queries
  size_t waiting() const;

 private:
  struct Queue {
    std::deque<Job> jobs;
    std::condition_variable ready;
  };
  static constexpr size_t kLightThreads = 2;

  void start(Lane lane);
  void stop();
  void work(Lane lane);
  bool take_query(Job& job);

  const Limits limits_;
  const size_t most_streams_;
  mutable std::mutex mutex_;
  Queue light_, query_;
  std::map<std::string, size_t> running_;  // by client
  size_t running_total_ = 0;
  size_t running_streams_ = 0;
  bool stopping_ = false;
  std::vector<pthread_t> threads_;
};

}  // namespace alco::http
