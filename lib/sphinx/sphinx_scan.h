#pragma once
// Hits of a Sphinx store in order: rows that searchd narrowed down, decided on as events.
#include <memory>
#include <optional>
#include <vector>

#include "lib/query/evaluate.h"
#include "lib/query/event_hit.h"
#include "lib/sphinx/row_stream.h"

namespace alco::sphinx {

// Whether an event of a row is a hit, and what the hit carries.
class RowHits {
 public:
  explicit RowHits(const ScanRequest& request);
  bool members() const { return members_; }  // rows need their js
  bool take(const StoredRow& row, Hit& hit);
  uint64_t damaged() const { return damaged_; }

 private:
  bool members_;
  std::unique_ptr<query::Evaluator> evaluator_;
  query::EventHit hit_of_;
  RowParser parser_;
  uint64_t damaged_ = 0;
};

class SphinxScan : public Scan {
 public:
  // Each inner list is read one after the other, and the lists are merged.
  SphinxScan(std::shared_ptr<Connections> connections, std::vector<std::vector<Source>> lists,
             const ScanRequest& request);

  bool next(Hit& hit) override;
  ScanStats stats() const override;
  uint64_t mark() const override { return 0; }

 private:
  RowStream* first();
  void tell_progress();

  ScanRequest request_;
  RowHits hits_;
  std::vector<RowStream> streams_;
  size_t sources_ = 0;
  RowStream* given_ = nullptr;  // its row is the last hit
  uint64_t hit_count_ = 0, rows_ = 0;
  double progress_ = 0;
};

// What of the event a request looks at beyond time and message.
bool needs_members(const ScanRequest& request);

}  // namespace alco::sphinx
