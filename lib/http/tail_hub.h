#pragma once
// Live tails. One thread looks for new events of each index and pushes them, in order of arrival, to all clients that
// follow it; those with the same search share the work. A client that reads too slowly, or begins far back, is served
// by workers at its own pace until it has caught up: nothing is lost, and no one waits for it.
#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "lib/http/connection.h"
#include "lib/http/results.h"

namespace alco::http {

// What is followed. Used by one thread at a time.
struct TailFeed {
  std::string key;  // equal keys: the same events in the same form
  AuthorizedIndex index;
  Search search;
  ResultShape shape;
};

// One client's place in it.
struct TailClient {
  std::shared_ptr<Outbox> outbox;
  uint64_t after = 0;  // all up to this id is in the outbox; owned by the hub while `pushing`
  std::atomic<bool> pushing{false};
  Clock::time_point next_beat;
};

// Appends one event in the form of server-sent events.
void append_tail_event(std::string& out, const Hit& hit, TailFeed& feed);
void append_tail_note(std::string& out, const char* event, uint64_t after);  // "start", "beat"

class TailHub {
 public:
  static constexpr size_t kRoom = 256 * 1024;  // bytes that may wait for one client

  TailHub();
  ~TailHub();

  // From now on the hub pushes what comes behind client->after.
  void subscribe(std::shared_ptr<TailFeed> feed, std::shared_ptr<TailClient> client);

 private:
  struct Channel {
    std::shared_ptr<TailFeed> feed;
    std::vector<std::shared_ptr<TailClient>> clients;
  };
  using Group = std::vector<std::shared_ptr<TailClient>>;  // at the same place

  void work();
  void admit();
  bool serve_channel(Channel& channel, uint64_t newest);
  bool serve_group(TailFeed& feed, const Group& group, uint64_t newest);
  void drop_lagging(Channel& channel);

  std::mutex mutex_;  // guards incoming_
  std::condition_variable changed_;
  std::vector<std::pair<std::shared_ptr<TailFeed>, std::shared_ptr<TailClient>>> incoming_;
  std::atomic<bool> stopping_{false};
  std::map<std::string, Channel> channels_;  // by key; of the thread alone
  std::thread thread_;
};

}  // namespace alco::http
