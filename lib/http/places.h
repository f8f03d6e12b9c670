#pragma once
// Places for what takes long: so many in all, so many for one client. Thread-safe.
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace alco::http {

class Places {
 public:
  // `what` they are places for is named in refusals.
  Places(std::string what, size_t most, size_t most_of_client);

  // A place, given back when the pointer goes, which may be after the end of this object. Throws HttpError: 429 if the
  // client has its share, 503 if all are taken.
  std::shared_ptr<void> take(const std::string& client);
  size_t taken() const;

 private:
  struct State {
    mutable std::mutex mutex;
    size_t taken = 0;
    std::map<std::string, size_t> by_client;
  };

  const std::string what_;
  const size_t most_, most_of_client_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace alco::http
