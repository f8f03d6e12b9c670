#pragma once
// The newest message ids of an index, to drop what comes again. Holds at least the newest kMessageIdWindow of those
// added, at most twice as many; 24 MB for each full half.
#include <cstddef>
#include <vector>

#include "lib/store/store.h"

namespace alco::store {

inline constexpr size_t kMessageIdWindow = 1'000'000;

class MessageIdSet {
 public:
  bool contains(const MessageId& id) const { return newer_.contains(id) || older_.contains(id); }
  bool insert(const MessageId& id);  // false: it was there
  template <class Visit>
  void for_each(Visit visit) const {
    for (const Half* half : {&older_, &newer_})
      for (const MessageId& id : half->slots)
        if (!(id == MessageId{})) visit(id);
  }
  size_t size() const { return newer_.size + older_.size; }

 private:
  struct Half {
    std::vector<MessageId> slots;  // open addressing; all zero: free
    size_t size = 0;

    bool contains(const MessageId& id) const;
    void insert(const MessageId& id);
    void grow();
  };

  Half newer_, older_;
};

}  // namespace alco::store
