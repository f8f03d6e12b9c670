#pragma once
// Connections to one searchd, kept for the next who asks. Thread-safe.
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "lib/error.h"
#include "lib/sphinx/client.h"

namespace alco::sphinx {

class Connections {
 public:
  explicit Connections(Address address) : address_(std::move(address)) {}

  // Calls use(client) with a connection of its own. One that was idle may have been closed by searchd meanwhile: then
  // use() is called again with a new one.
  template <class Use>
  auto with(Use use) {
    Lease lease(*this);
    if (lease.client().connected()) {
      try {
        return use(lease.client());
      } catch (const Error& error) {
        if (error.code() != EX_UNAVAILABLE || lease.client().connected()) throw;
      }
    }
    return use(lease.client());
  }

  const Address& address() const { return address_; }

 private:
  class Lease {
   public:
    explicit Lease(Connections& owner) : owner_(owner), client_(owner.take()) {}
    ~Lease() { owner_.give(std::move(client_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Client& client() { return *client_; }

   private:
    Connections& owner_;
    std::unique_ptr<Client> client_;
  };

  static constexpr size_t kIdle = 8;

  std::unique_ptr<Client> take() {
    std::lock_guard lock(mutex_);
    if (idle_.empty()) return std::make_unique<Client>(address_);
    auto client = std::move(idle_.back());
    idle_.pop_back();
    return client;
  }

  void give(std::unique_ptr<Client> client) {
    std::lock_guard lock(mutex_);
    if (client->connected() && idle_.size() < kIdle) idle_.push_back(std::move(client));
  }

  const Address address_;
  std::mutex mutex_;  // guards idle_
  std::vector<std::unique_ptr<Client>> idle_;
};

}  // namespace alco::sphinx
