#include "lib/store/table_cache.h"

#include <algorithm>

namespace alco::store {

void TableCache::use(const std::shared_ptr<const TemplateTable>& table) {
  const std::lock_guard lock(mutex_);
  const auto known = std::find(tables_.begin(), tables_.end(), table);
  if (known != tables_.end()) {
    tables_.splice(tables_.begin(), tables_, known);
    return;
  }
  tables_.push_front(table);
  bytes_ += table->memory();
  while (bytes_ > most_ && tables_.size() > 1) {
    bytes_ -= tables_.back()->memory();
    tables_.pop_back();
  }
}

}  // namespace alco::store
