// What the service manager is told of a delivery: that it works, that it lives, and how it goes.
#include "lib/delivery/delivery_loop.h"
#include "lib/supervisor.h"

namespace alco {
namespace {

constexpr std::chrono::seconds kStatusEvery{5};
constexpr std::chrono::seconds kHelloLimit{2};  // a pipeline that knows no hello is taken as working after that

}  // namespace

// It works when the last stage has opened its store, or lives without a word.
void DeliveryLoop::tell_supervisor() {
  supervisor::alive();
  const auto now = Clock::now();
  if (!announced_ && !stopping_ && (hello_ || !piped() || now - begun_ > kHelloLimit)) {
    announced_ = true;
    supervisor::ready(status());
  }
  if (!announced_ || now < status_due_) return;
  status_due_ = now + kStatusEvery;
  supervisor::status(status());
}

std::string DeliveryLoop::status() const {
  const std::string held = std::to_string(window_.size()) + " records are held back";
  if (stopping_) return "storing the last " + std::to_string(window_.size()) + " records";
  if (piped() && phase_ == Phase::down) return "the pipeline is started again: " + waiting_for_ + "; " + held;
  if (Clock::now() < busy_until_) return "waiting: " + waiting_for_ + "; " + held;
  if (const std::string trouble = source_.trouble(); !trouble.empty()) return "waiting: " + trouble;
  return "received " + std::to_string(source_.counters().received) + ", stored " + std::to_string(stats_.committed) +
         ", on their way " + std::to_string(window_.size()) + ", rejected " +
         std::to_string(stats_.rejected + source_.counters().rejected);
}

}  // namespace alco
