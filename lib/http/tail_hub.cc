#include "lib/http/tail_hub.h"

#include <algorithm>
#include <exception>

#include "lib/log.h"

namespace alco::http {
namespace {

constexpr std::chrono::milliseconds kInterval{200};
constexpr std::chrono::seconds kBeat{10};
constexpr uint64_t kEventsARound = 1000;
constexpr size_t kBatchBytes = 64 * 1024;

void push(const std::vector<std::shared_ptr<TailClient>>& clients, const std::string& text) {
  for (const auto& client : clients) {
    client->outbox->append_body(text);
    client->outbox->wake();
  }
}

// A client that lags goes on with the feed that it brought, in a worker: the hub needs one of its own.
std::shared_ptr<TailFeed> own_copy(const TailFeed& feed) {
  auto copy = std::make_shared<TailFeed>(feed);
  if (copy->search.parser) copy->search.parser = std::make_shared<EventParser>();
  return copy;
}

}  // namespace

void append_tail_event(std::string& out, const Hit& hit, TailFeed& feed) {
  out += "id: " + std::to_string(hit.at.id) + "\nevent: line\ndata: ";
  append_result(out, hit, feed.shape, feed.search, {});
  out += "\n\n";
}

void append_tail_note(std::string& out, const char* event, uint64_t after) {
  const std::string id = std::to_string(after);
  out += "id: " + id + "\nevent: " + event + "\ndata: {\"after\":\"" + id + "\"}\n\n";
}

TailHub::TailHub() : thread_([this] { work(); }) {}

TailHub::~TailHub() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void TailHub::subscribe(std::shared_ptr<TailFeed> feed, std::shared_ptr<TailClient> client) {
  client->pushing = true;
  std::lock_guard lock(mutex_);
  incoming_.emplace_back(std::move(feed), std::move(client));
  changed_.notify_one();
}

void TailHub::admit() {
  std::lock_guard lock(mutex_);
  for (auto& [feed, client] : incoming_) {
    Channel& channel = channels_[feed->key];
    if (!channel.feed) channel.feed = own_copy(*feed);
    channel.clients.push_back(std::move(client));
  }
  incoming_.clear();
}

void TailHub::work() {
  bool again = false;
  while (true) {
    {
      std::unique_lock lock(mutex_);
      if (channels_.empty())
        changed_.wait(lock, [this] { return stopping_ || !incoming_.empty(); });
      else if (!again)
        changed_.wait_for(lock, kInterval, [this] { return stopping_.load(); });
      if (stopping_) return;
    }
    admit();
    again = false;
    std::map<IndexName, uint64_t> newest;
    for (auto it = channels_.begin(); it != channels_.end();) {
      Channel& channel = it->second;
      drop_lagging(channel);
      if (channel.clients.empty()) {
        it = channels_.erase(it);
        continue;
      }
      const AuthorizedIndex& index = channel.feed->index;
      try {
        if (!newest.contains(index.name())) newest[index.name()] = index.reader().newest_mark();
        again = serve_channel(channel, newest[index.name()]) || again;
      } catch (const std::exception& error) {
        log::warning_limited("tail " + index.name().str(), "tail of %s: %s", index.name().str().c_str(), error.what());
      }
      ++it;
    }
  }
}

// Clients that left, and those whose outbox is full: workers serve these when there is room.
void TailHub::drop_lagging(Channel& channel) {
  std::erase_if(channel.clients, [](const std::shared_ptr<TailClient>& client) {
    if (client->outbox->abandoned()) return true;
    if (client->outbox->pending() <= kRoom) return false;
    client->pushing = false;
    client->outbox->wake();
    return true;
  });
}

// True if there is more to do at once.
bool TailHub::serve_channel(Channel& channel, uint64_t newest) {
  std::map<uint64_t, Group> groups;
  for (const auto& client : channel.clients) groups[client->after].push_back(client);
  bool again = false;
  for (const auto& [after, group] : groups)
    if (after < newest) again = serve_group(*channel.feed, group, newest) || again;
  const auto now = Clock::now();
  for (const auto& client : channel.clients) {
    if (now < client->next_beat) continue;
    client->next_beat = now + kBeat;
    std::string beat;
    append_tail_note(beat, "beat", client->after);
    push({client}, beat);
  }
  return again;
}

bool TailHub::serve_group(TailFeed& feed, const Group& group, uint64_t newest) {
  ScanRequest request = feed.search.scan;
  request.order = Order::arrival;
  request.after = Position{0, group.front()->after};
  request.limit = kEventsARound;
  request.cancel = &stopping_;
  feed.shape.prepare(request, feed.search);
  const auto scan = feed.index.reader().scan(request);
  uint64_t after = group.front()->after, count = 0;
  std::string batch;
  size_t sent = 0;
  Hit hit;
  while (sent < kRoom && scan->next(hit)) {
    append_tail_event(batch, hit, feed);
    ++count;
    if (batch.size() < kBatchBytes) continue;
    push(group, batch);
    sent += batch.size();
    batch.clear();
  }
  if (!batch.empty()) push(group, batch);
  const bool more = count == kEventsARound || sent >= kRoom;
  after = std::max(after, scan->mark());
  if (!more) after = std::max(after, newest);  // the scan saw all that was there when `newest` was read
  for (const auto& client : group) client->after = after;
  return more;
}

}  // namespace alco::http
