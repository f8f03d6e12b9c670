#include "lib/http/places.h"

#include "lib/http/message.h"

namespace alco::http {

Places::Places(std::string what, size_t most, size_t most_of_client)
    : what_(std::move(what)), most_(most), most_of_client_(most_of_client) {}

std::shared_ptr<void> Places::take(const std::string& client) {
  const std::vector<Header> later = {{"Retry-After", "10"}};
  std::unique_lock lock(state_->mutex);
  if (state_->taken >= most_) throw HttpError(503, "too many " + what_ + " are open: try again", later);
  if (const auto own = state_->by_client.find(client); own != state_->by_client.end() && own->second >= most_of_client_)
    throw HttpError(429, "too many " + what_ + " of this client are open: close one or try again", later);
  const auto give_back = [state = state_, client](void*) {
    std::lock_guard held(state->mutex);
    --state->taken;
    const auto own = state->by_client.find(client);
    if (--own->second == 0) state->by_client.erase(own);
  };
  ++state_->taken;
  ++state_->by_client[client];
  lock.unlock();
  return std::shared_ptr<void>(state_.get(), give_back);
}

size_t Places::taken() const {
  std::lock_guard lock(state_->mutex);
  return state_->taken;
}

}  // namespace alco::http
