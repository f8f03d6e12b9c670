#include "lib/collect/line_records.h"

#include <utility>

#include "lib/collect/journald_record.h"

namespace alco {

LineRecords::LineRecords(LineRecordsOptions options, std::function<void(std::string_view)> reject)
    : options_(std::move(options)), reject_(std::move(reject)), text_(options_.text) {}

// Makes made_json_ of a line that is, or must be, JSON; false: it is text.
bool LineRecords::take_json(std::string_view line, Nanoseconds arrival) {
  if (options_.format == LineFormat::text) return false;
  if (options_.format == LineFormat::automatic && !json_before_ && (line.empty() || line[0] != '{')) return false;
  const size_t from = line.find_first_not_of(" \t\r");
  if (options_.format == LineFormat::automatic && (from == line.npos || line[from] != '{')) return false;
  const bool passed = json_.make(made_json_, line, arrival) == JsonRecords::Made::passed;
  if (passed && options_.format == LineFormat::journald) to_journald_record(made_json_);
  return passed || json_before_ || options_.format != LineFormat::automatic;
}

void LineRecords::add(std::string_view line, Nanoseconds arrival, uint64_t end) {
  arrival_ = arrival;
  const bool blank = line.find_first_not_of(" \t\r") == line.npos;
  const bool json_only = options_.format == LineFormat::json || options_.format == LineFormat::journald;
  if (blank && (json_before_ || json_only)) return;  // between records of JSON it means nothing
  if (take_json(line, arrival)) {
    text_.finish();
    made_ = json_before_ = true;
    made_from_.assign(line);
    made_end_ = end;
    return;
  }
  json_before_ = false;
  text_.add(line, arrival, end);
}

void LineRecords::add_truncated(std::string_view head, uint64_t length, Nanoseconds arrival, uint64_t end) {
  arrival_ = arrival;
  text_.finish();
  JsonRecords::make_truncated(made_json_, head, length, arrival);
  made_ = truncated_ = true;
  made_from_.assign(head);
  made_end_ = end;
}

bool LineRecords::next(Out& out) {
  if (const Event* event = text_.next()) {
    out.json.clear();
    append_json(out.json, *event);
    out.content = *event->message;
    out.end = text_.end();
  } else if (made_) {
    made_ = false;
    const bool truncated = std::exchange(truncated_, false);
    out.json.swap(made_json_);
    out.content = made_from_;
    out.end = made_end_;
    if (truncated) return true;
  } else {
    return false;
  }
  if (out.json.size() > options_.max_record) {
    reject_(out.content);
    JsonRecords::make_truncated(out.json, out.content, out.content.size(), arrival_);
  }
  return true;
}

}  // namespace alco
