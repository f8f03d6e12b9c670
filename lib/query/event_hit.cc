#include "lib/query/event_hit.h"

#include "lib/query/field_text.h"

namespace alco::query {

EventHit::EventHit(const ScanRequest& request)
    : columns_(request.columns), message_(request.message), json_(request.json), scratch_(request.columns.size()) {}

void EventHit::make(const Event& event, Position at, Hit& hit) {
  hit.at = at;
  hit.message = message_ ? event.message : std::nullopt;
  hit.columns.assign(columns_.size(), {});
  if (!columns_.empty()) {
    for_each_leaf(event, [&](std::string_view path, const Member& member) {
      for (size_t i = 0; i < columns_.size(); ++i)
        if (path == columns_[i] && hit.columns[i].type == Type::absent)
          hit.columns[i] = {member.type, column_text(member, scratch_[i])};
    });
  }
  text_.clear();
  if (json_) append_json(text_, event);
  hit.json = text_;
}

}  // namespace alco::query
