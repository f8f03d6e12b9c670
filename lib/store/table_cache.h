#pragma once
// Which template tables stay in memory when nobody uses them: those used last, of all segments of an index together, so
// that memory does not grow with the number of segments. Thread-safe.
#include <list>
#include <memory>
#include <mutex>

#include "lib/store/template_table.h"

namespace alco::store {

class TableCache {
 public:
  explicit TableCache(size_t bytes) : most_(bytes) {}

  void use(const std::shared_ptr<const TemplateTable>& table);

 private:
  std::mutex mutex_;
  std::list<std::shared_ptr<const TemplateTable>> tables_;  // the one used last in front
  size_t most_, bytes_ = 0;
};

}  // namespace alco::store
