#pragma once
// The field catalogue in Redis 6.2 or newer. Keys, all sorted sets with a time in seconds since 1970 as the score:
//   ALCO:VALUES:{index}:{field}  the values, by when each was last seen
//   ALCO:FIELDS:{index}          the names of the fields
//   ALCO:OVERFLOW:{index}        fields that had too many values
#include "lib/catalogue/catalogue.h"
#include "lib/catalogue/redis_client.h"

namespace alco {

class RedisCatalogue : public Catalogue {
 public:
  explicit RedisCatalogue(RedisAddress address) : redis_(std::move(address)) {}

  void add_fields(const IndexName& index, std::span<const std::string> names, int64_t now) override;
  void add_values(const IndexName& index, std::span<const SeenValue> values) override;
  std::vector<std::string> fields(const IndexName& index) override;
  std::vector<ListedValue> values(const IndexName& index, const std::string& field) override;
  std::vector<std::string> filtered_fields(const IndexName& index) override;
  std::vector<std::string> overflowed_fields(const IndexName& index) override;
  void give_up(const IndexName& index, const std::string& field, int64_t now) override;
  uint64_t expire(const IndexName& index, int64_t seen_before) override;

 private:
  std::vector<std::string> sorted_members(const std::string& key);

  RedisClient redis_;
};

}  // namespace alco
