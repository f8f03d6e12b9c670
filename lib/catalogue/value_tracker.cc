#include "lib/catalogue/value_tracker.h"

#include <algorithm>
#include <array>

namespace alco {
namespace {

// The last part of a field's path; sorted.
constexpr std::array<std::string_view, 26> kUsualNames = {
    "app",      "application", "component",    "container", "env",     "environment", "facility",
    "host",     "hostname",    "level",        "levelname", "logger",  "logger_name", "log_level",
    "process",  "processName", "process_name", "program",   "project", "queue",       "service",
    "severity", "source",      "status",       "type",      "unit"};

bool usual(std::string_view path) {
  const size_t dot = path.rfind('.');
  const std::string_view name = dot == std::string_view::npos ? path : path.substr(dot + 1);
  return std::find(kUsualNames.begin(), kUsualNames.end(), name) != kUsualNames.end();
}

}  // namespace

struct ValueTracker::Entry {
  int64_t seen;
  int64_t written;
  bool waiting;
};

struct ValueTracker::Field {
  bool named = false;   // its name is of interest
  bool listed = false;  // so are its values
  bool closed = false;  // there were too many
  bool strings_only = false;
  size_t max_values = kMaxValuesPerField;
  size_t max_bytes = kMaxValueBytes;
  bool give_up_when_long = false;
  Map<Entry> values;
};

ValueTracker::ValueTracker(const IndexConfig& config) : config_(config) {
  for (const auto& [name, column] : config.columns) automatic_ = automatic_ && !column.filtered;
}

ValueTracker::~ValueTracker() = default;

ValueTracker::Field* ValueTracker::find_field(std::string_view path) {
  const auto it = fields_.find(path);
  if (it != fields_.end()) return it->second.get();
  if (path.size() > kMaxValueBytes || fields_.size() >= kMaxFieldsPerIndex) return nullptr;
  const std::string name(path);
  const ColumnConfig column = config_.column(name);
  auto field = std::make_unique<Field>();
  field->closed = std::find(closed_.begin(), closed_.end(), name) != closed_.end();
  field->listed = !column.excluded && (automatic_ ? !column.context : column.filtered) && !field->closed;
  field->strings_only = automatic_ && !usual(path);
  if (field->strings_only) {
    field->max_values = kAutoValuesPerField;
    field->max_bytes = kAutoValueBytes;
    field->give_up_when_long = true;
  }
  field->named = !column.excluded;
  if (field->named) {
    names_.push_back(name);
    urgent_ = true;
  }
  return fields_.emplace(name, std::move(field)).first->second.get();
}

void ValueTracker::note(const Event& event, int64_t now) {
  const int64_t time = std::min(event.time / kSecond, now);
  for_each_leaf(event, [&](std::string_view path, const Member& member) {
    Field* field = find_field(path);
    if (!field || !field->listed) return;
    if (member.type == Type::string) {
      note_value(*field, path, member.text, time);
    } else if (!field->strings_only && member.type != Type::raw && member.type != Type::null) {
      number_.clear();
      append_json_value(number_, member);
      note_value(*field, path, number_, time);
    }
  });
}

void ValueTracker::note_value(Field& field, std::string_view path, std::string_view value, int64_t time) {
  const auto it = field.values.find(value);
  if (it != field.values.end()) {
    Entry& entry = it->second;
    entry.seen = std::max(entry.seen, time);
    if (entry.waiting || entry.seen < entry.written + kRefreshSeconds) return;
    entry.waiting = true;
    values_.push_back({&fields_.find(path)->first, &it->first, &entry});
    return;
  }
  if (value.empty()) return;
  const bool too_long = value.size() > field.max_bytes;
  if (too_long && !field.give_up_when_long) return;
  if (too_long || field.values.size() >= field.max_values) return give_up(std::string(path), field);
  if (tracked_ >= kMaxTrackedValues) {
    ++left_out_;
    return;
  }
  ++tracked_;
  const auto added = field.values.emplace(std::string(value), Entry{time, 0, true}).first;
  values_.push_back({&fields_.find(path)->first, &added->first, &added->second});
  urgent_ = true;
}

void ValueTracker::give_up(const std::string& name, Field& field) {
  drop_values(name, field);
  given_up_.push_back(name);
}

void ValueTracker::drop_values(const std::string& name, Field& field) {
  std::erase_if(values_, [&](const Waiting& waiting) { return *waiting.field == name; });
  tracked_ -= field.values.size();
  field.values.clear();
  field.listed = false;
  field.closed = true;
}

void ValueTracker::write_again(int64_t now) {
  names_.clear();
  given_up_.clear();
  for (const auto& [name, field] : fields_) {
    if (field->named) names_.push_back(name);
    if (field->closed) given_up_.push_back(name);
    for (auto& [value, entry] : field->values) {
      if (entry.waiting || entry.seen < now - kDay / kSecond) continue;
      entry.waiting = true;
      values_.push_back({&name, &value, &entry});
    }
  }
  urgent_ = !names_.empty();
}

void ValueTracker::close(std::vector<std::string> names) {
  closed_ = std::move(names);
  for (const std::string& name : closed_)
    if (const auto it = fields_.find(name); it != fields_.end()) drop_values(name, *it->second);
}

void ValueTracker::forget() {
  if (empty()) {
    fields_.clear();
    tracked_ = 0;
  }
}

std::vector<SeenValue> ValueTracker::values() const {
  std::vector<SeenValue> list;
  list.reserve(values_.size());
  for (const Waiting& waiting : values_) list.push_back({*waiting.field, *waiting.value, waiting.entry->seen});
  return list;
}

void ValueTracker::written() {
  for (const Waiting& waiting : values_) {
    waiting.entry->written = waiting.entry->seen;
    waiting.entry->waiting = false;
  }
  names_.clear();
  values_.clear();
  given_up_.clear();
  urgent_ = false;
}

}  // namespace alco
