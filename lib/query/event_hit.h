#pragma once
// What a hit carries, taken from an event.
#include <string>

#include "lib/event.h"
#include "lib/store/store.h"

namespace alco::query {

class EventHit {
 public:
  explicit EventHit(const ScanRequest& request);
  // The hit views the event and this object, until either is used again.
  void make(const Event& event, Position at, Hit& hit);

 private:
  std::vector<std::string> columns_;
  bool message_, json_;
  std::string text_;
  std::vector<std::string> scratch_;
};

}  // namespace alco::query
