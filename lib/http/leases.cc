#include "lib/http/leases.h"

namespace alco::http {

Leases::Leases(CurrentGrant current) : current_(std::move(current)) {}

bool Leases::holds(const Lease& lease) const {
  const auto grant = current_(lease.principal);
  return grant && grant->allows(lease.index, lease.right);
}

std::shared_ptr<void> Leases::take(const Request& request, const IndexName& index, Right right) {
  std::list<Lease>::iterator it;
  {
    std::lock_guard lock(state_->mutex);
    it = state_->leases.insert(state_->leases.end(), {request.principal, index, right, request.outbox});
  }
  const auto give_back = [state = state_, it](void*) {
    std::lock_guard lock(state->mutex);
    state->leases.erase(it);
  };
  std::shared_ptr<void> lease(state_.get(), give_back);
  // It is in the list first: rules that change now are seen here or by recheck().
  return holds(*it) ? lease : nullptr;
}

void Leases::recheck() {
  std::lock_guard lock(state_->mutex);
  for (const Lease& lease : state_->leases) {
    if (holds(lease)) continue;
    if (const auto outbox = lease.outbox.lock()) {
      outbox->abandon();
      outbox->wake();
    }
  }
}

}  // namespace alco::http
