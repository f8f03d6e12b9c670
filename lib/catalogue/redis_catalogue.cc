#include "lib/catalogue/redis_catalogue.h"

#include <algorithm>
#include <cstdlib>
#include <set>

namespace alco {
namespace {

std::string values_key(const IndexName& index, const std::string& field) {
  return "ALCO:VALUES:" + index.str() + ":" + field;
}
std::string fields_key(const IndexName& index) { return "ALCO:FIELDS:" + index.str(); }
std::string overflow_key(const IndexName& index) { return "ALCO:OVERFLOW:" + index.str(); }

}  // namespace

void RedisCatalogue::add_fields(const IndexName& index, std::span<const std::string> names, int64_t now) {
  const std::string key = fields_key(index), score = std::to_string(now);
  redis_.append({"ZRANGE", key, "0", "-1"});
  const std::vector<std::string> list = redis_.read_list();
  std::set<std::string> known(list.begin(), list.end());
  size_t sent = 0;
  for (const std::string& name : names) {
    if (name.size() > kMaxValueBytes || (known.size() >= kMaxFieldsPerIndex && !known.contains(name))) continue;
    redis_.append({"ZADD", key, "GT", score, name});
    known.insert(name);
    ++sent;
  }
  for (; sent > 0; --sent) redis_.skip_reply();
}

void RedisCatalogue::add_values(const IndexName& index, std::span<const SeenValue> values) {
  redis_.append({"ZRANGE", overflow_key(index), "0", "-1"});
  const std::vector<std::string> list = redis_.read_list();
  const std::set<std::string> overflowed(list.begin(), list.end());
  std::set<std::string> touched;
  size_t sent = 0;
  int64_t newest = 0;
  for (const SeenValue& seen : values) {
    if (seen.value.size() > kMaxValueBytes || overflowed.contains(seen.field)) continue;
    redis_.append({"ZADD", values_key(index, seen.field), "GT", std::to_string(seen.last_seen), seen.value});
    touched.insert(seen.field);
    newest = std::max(newest, seen.last_seen);
    ++sent;
  }
  for (const std::string& field : touched) redis_.append({"ZCARD", values_key(index, field)});
  for (; sent > 0; --sent) redis_.skip_reply();
  std::vector<std::string> too_many;
  for (const std::string& field : touched)
    if (redis_.read_number() > static_cast<int64_t>(kMaxValuesPerField)) too_many.push_back(field);
  for (const std::string& field : too_many) give_up(index, field, newest);
}

void RedisCatalogue::give_up(const IndexName& index, const std::string& field, int64_t now) {
  redis_.append({"ZADD", overflow_key(index), "GT", std::to_string(now), field});
  redis_.append({"DEL", values_key(index, field)});
  redis_.skip_reply();
  redis_.skip_reply();
}

std::vector<std::string> RedisCatalogue::sorted_members(const std::string& key) {
  redis_.append({"ZRANGE", key, "0", "-1"});
  std::vector<std::string> members = redis_.read_list();
  std::sort(members.begin(), members.end());
  return members;
}

std::vector<std::string> RedisCatalogue::fields(const IndexName& index) { return sorted_members(fields_key(index)); }

std::vector<std::string> RedisCatalogue::overflowed_fields(const IndexName& index) {
  return sorted_members(overflow_key(index));
}

std::vector<std::string> RedisCatalogue::filtered_fields(const IndexName& index) {
  std::vector<std::string> names = fields(index);
  for (const std::string& name : names) redis_.append({"EXISTS", values_key(index, name)});
  std::vector<std::string> found;
  for (const std::string& name : names)
    if (redis_.read_number() > 0) found.push_back(name);
  return found;
}

std::vector<ListedValue> RedisCatalogue::values(const IndexName& index, const std::string& field) {
  redis_.append({"ZRANGE", values_key(index, field), "0", "-1", "WITHSCORES"});
  const std::vector<std::string> list = redis_.read_list();
  std::vector<ListedValue> found;
  for (size_t i = 0; i + 1 < list.size(); i += 2)
    found.push_back({list[i], static_cast<int64_t>(strtod(list[i + 1].c_str(), nullptr))});
  std::sort(found.begin(), found.end(), [](const ListedValue& a, const ListedValue& b) { return a.value < b.value; });
  return found;
}

uint64_t RedisCatalogue::expire(const IndexName& index, int64_t seen_before) {
  const std::string end = "(" + std::to_string(seen_before);
  const std::vector<std::string> names = fields(index);
  for (const std::string& name : names) redis_.append({"ZREMRANGEBYSCORE", values_key(index, name), "-inf", end});
  redis_.append({"ZREMRANGEBYSCORE", fields_key(index), "-inf", end});
  redis_.append({"ZREMRANGEBYSCORE", overflow_key(index), "-inf", end});
  uint64_t removed = 0;
  for (size_t i = 0; i < names.size(); ++i) removed += static_cast<uint64_t>(redis_.read_number());
  redis_.skip_reply();
  redis_.skip_reply();
  return removed;
}

}  // namespace alco
