#pragma once
// A Hit that owns its text.
#include <string>
#include <utility>
#include <vector>

#include "lib/store/store.h"

namespace alco::query {

class StoredHit {
 public:
  void assign(const Hit& hit) {
    at_ = hit.at;
    has_message_ = hit.message.has_value();
    message_.assign(hit.message.value_or(""));
    json_.assign(hit.json);
    columns_.resize(hit.columns.size());
    for (size_t i = 0; i < columns_.size(); ++i) {
      columns_[i].first = hit.columns[i].type;
      columns_[i].second.assign(hit.columns[i].text);
    }
  }

  // `hit` views this object.
  void view(Hit& hit) const {
    hit.at = at_;
    hit.message = has_message_ ? std::optional<std::string_view>(message_) : std::nullopt;
    hit.json = json_;
    hit.columns.clear();
    for (const auto& [type, text] : columns_) hit.columns.push_back({type, text});
  }

  const Position& at() const { return at_; }

 private:
  Position at_;
  bool has_message_ = false;
  std::string message_, json_;
  std::vector<std::pair<Type, std::string>> columns_;
};

}  // namespace alco::query
