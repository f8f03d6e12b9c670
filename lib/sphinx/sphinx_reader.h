#pragma once
// Reads one index of a searchd.
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lib/sphinx/arrivals.h"
#include "lib/sphinx/connections.h"
#include "lib/sphinx/narrow.h"
#include "lib/sphinx/sphinx_scan.h"
#include "lib/sphinx/tables.h"
#include "lib/store/store.h"

namespace alco::sphinx {

class SphinxReader : public Reader {
 public:
  // Own days past `days_kept` are not looked at: searchd 2.2 may lock itself up for good when a day goes that is
  // being searched.
  SphinxReader(std::shared_ptr<Connections> connections, IndexName index, std::optional<int> days_kept)
      : connections_(std::move(connections)),
        index_(std::move(index)),
        days_kept_(days_kept),
        arrivals_(std::make_shared<Arrivals>(connections_)) {}

  std::unique_ptr<Scan> scan(const ScanRequest& request) override;
  CountResult count(const ScanRequest& request) override;
  Histogram histogram(const ScanRequest& request, Nanoseconds origin, Nanoseconds width, size_t buckets,
                      const std::string& split_field) override;
  TopValues top(const ScanRequest& request, const std::string& field, size_t limit) override;
  std::optional<Position> find_id(uint64_t id, const std::atomic<bool>* cancel) override;
  std::vector<FieldInfo> fields() override;
  Summary summary(const std::atomic<bool>* cancel) override;
  uint64_t newest_mark() override;

 private:
  struct Group {  // tables that one SELECT can ask
    std::string from;
    RowKey key;
    bool old = false;
    std::string otherwise;  // see Source
  };
  Tables tables();
  // use(Tables), again if searchd refuses and serves others by now: a day was removed meanwhile.
  template <class Use>
  auto with_tables(Use use);
  std::vector<Group> groups(const Tables& tables, Nanoseconds since, Nanoseconds until) const;
  std::vector<std::vector<Source>> sources(const Tables& tables, const ScanRequest& request);
  Narrowing narrowing(const ScanRequest& request, const std::vector<DayTable>& days);
  WordRules word_rules(const std::string& table);
  CountResult count_all(const Tables& served, const ScanRequest& request);
  Histogram count_times(const Tables& served, const ScanRequest& request, Nanoseconds origin, Nanoseconds width,
                        size_t buckets);
  std::optional<Position> find_in(const Tables& served, uint64_t id, const std::atomic<bool>* cancel);
  std::vector<FieldInfo> fields_of(const Tables& served);
  Summary summary_of(const Tables& served, const std::atomic<bool>* cancel);
  // Calls row(Rows&) for each row; what searchd warns of goes to `incomplete`.
  template <class Row>
  void each_row(const std::string& statement, const std::atomic<bool>* cancel, std::vector<std::string>* incomplete,
                Row row);

  std::shared_ptr<Connections> connections_;
  IndexName index_;
  std::optional<int> days_kept_;
  std::shared_ptr<Arrivals> arrivals_;
  std::mutex mutex_;  // guards rules_
  std::map<std::string, WordRules> rules_;
};

}  // namespace alco::sphinx
