#pragma once
// Answers that are being made, each with the right on an index that it was begun with: when that is withdrawn, the
// answer ends, however long it would go on.
#include <functional>
#include <list>
#include <memory>
#include <mutex>

#include "lib/http/message.h"

namespace alco::http {

// Thread-safe.
class Leases {
 public:
  using CurrentGrant = std::function<std::shared_ptr<const Grant>(const Principal&)>;
  // `current` says what somebody may do by now; it is asked from any thread.
  explicit Leases(CurrentGrant current);

  // To be held as long as the answer is made, which may be after the end of this object; null if the right is gone.
  std::shared_ptr<void> take(const Request& request, const IndexName& index, Right right);

  // Breaks off the answers whose right is gone: their clients see a transfer that is not whole.
  void recheck();

 private:
  struct Lease {
    Principal principal;
    IndexName index;
    Right right;
    std::weak_ptr<Outbox> outbox;
  };
  struct State {
    std::mutex mutex;
    std::list<Lease> leases;
  };
  bool holds(const Lease& lease) const;

  const CurrentGrant current_;
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace alco::http
