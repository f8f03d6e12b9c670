#pragma once
// The newest message ids of an index, to drop what comes again. Holds at least the newest kMessageIdWindow of those
// added, at most half as many more, in 36 MB at the most.
#include <cstddef>
#include <vector>

#include "lib/store/store.h"

namespace alco::store {

inline constexpr size_t kMessageIdWindow = 1'000'000;

class MessageIdSet {
 public:
  bool contains(const MessageId& id) const;
  bool insert(const MessageId& id);  // false: it was there
  template <class Visit>
  void for_each(Visit visit) const {
    for (size_t i = kParts; i-- > 0;)
      for (const MessageId& id : parts_[i].slots)
        if (!(id == MessageId{})) visit(id);
  }

 private:
  struct Part {
    std::vector<MessageId> slots;  // open addressing; all zero: free
    size_t size = 0;

    bool contains(const MessageId& id) const;
    void insert(const MessageId& id);
    void grow();
  };

  static constexpr size_t kParts = 3;
  Part parts_[kParts];  // the newest first; the oldest is forgotten when the newest is full
};

}  // namespace alco::store
