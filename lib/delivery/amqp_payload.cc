#include "lib/delivery/amqp_payload.h"

#include <algorithm>
#include <random>

#include "lib/event.h"
#include "lib/log.h"

namespace alco {
namespace {

constexpr size_t kMaxUnpacked = size_t{8} << 20;
constexpr size_t kRemembered = 100'000;  // messages whose copies are counted

bool has_member(const Event& event, std::string_view name) {
  int depth = 0;
  for (const Member& member : event.members) {
    if (depth == 0 && member.type != Type::object_end && member.key == name) return true;
    depth += member.type == Type::object_begin ? 1 : member.type == Type::object_end ? -1 : 0;
  }
  return false;
}

// Puts a member in front of the others; `json` is an object.
void prepend(std::string& json, const std::string& member) {
  const bool empty = json.find_first_not_of(" \t", 1) == json.find('}');
  json.insert(1, empty ? member : member + ",");
}

}  // namespace

std::vector<std::string_view> split_array(std::string_view text) {
  std::vector<std::string_view> elements;
  constexpr std::string_view kSpace = " \t\r\n";
  const auto skip = [&](size_t at) { return std::min(text.find_first_not_of(kSpace, at), text.size()); };
  size_t at = skip(0);
  if (at == text.size() || text[at] != '[') return {};
  for (at = skip(at + 1);; at = skip(at + 1)) {
    if (at == text.size() || text[at] != '{') return {};
    const size_t begin = at;
    int depth = 0;
    for (bool string = false; at < text.size(); ++at) {
      const char c = text[at];
      if (string) {
        if (c == '\\') ++at;
        string = c != '"';
        continue;
      }
      string = c == '"';
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      if (depth == 0) break;
    }
    if (at >= text.size()) return {};
    elements.push_back(text.substr(begin, at + 1 - begin));
    at = skip(at + 1);
    if (at == text.size()) return {};
    if (text[at] == ']') return skip(at + 1) == text.size() ? elements : std::vector<std::string_view>();
    if (text[at] != ',') return {};
  }
}

AmqpPayload::AmqpPayload(RejectedFile& rejected, const AmqpOptions& options) : rejected_(rejected), options_(options) {
  std::random_device random;
  salt_ = uint64_t{random()} << 32 | random();
}

void AmqpPayload::new_epoch() {
  recent_.clear();
  older_.clear();
}

void AmqpPayload::records(const AmqpMessage& message, Nanoseconds arrival, std::vector<Record>& out) {
  if (message.timestamp) {
    if (const auto time = epoch_to_time(static_cast<int64_t>(*message.timestamp))) arrival = *time;
  }
  if (message.length > message.body.size()) return add_truncated(message, arrival, out);
  std::string unpacked, error;
  std::string_view text = message.body;
  const std::string& encoding = message.content_encoding;
  if (encoding == "gzip" || encoding == "x-gzip" || encoding == "zlib" || encoding == "deflate") {
    if (!unpack(text, kMaxUnpacked, unpacked, error)) return add_undecoded(message, error, arrival, out);
    text = unpacked;
  }
  const auto elements = split_array(text);
  for (size_t i = 0; i < elements.size(); ++i) add(message, elements[i], i, arrival, out);
  if (elements.empty()) add(message, text, 0, arrival, out);
}

void AmqpPayload::add(const AmqpMessage& message, std::string_view text, uint64_t index, Nanoseconds arrival,
                      std::vector<Record>& out) {
  Record record;
  const auto made = json_.make(record.json, text, arrival);
  const bool json = made == JsonRecords::Made::passed;
  const Event& event = json_.parsed();
  const bool timed = json_.timed();
  if (record.json.size() > options_.max_record) {
    rejected_.put("record of " + std::to_string(record.json.size()) + " bytes is over the limit", text,
                  message.origin());
    rejected_.sync();
    JsonRecords::make_truncated(record.json, text, text.size(), arrival);
  } else if (json && !timed && !has_member(event, "@timestamp_raw")) {
    std::string time = "\"@timestamp\":\"";
    append_rfc3339(time, arrival);
    prepend(record.json, time + '"');
  }
  if (options_.settings.amqp_fields) add_amqp_fields(message, json && has_member(event, "amqp"), record.json);
  record.id = identify(message, index, timed, json && has_member(event, "seq"));
  out.push_back(std::move(record));
}

void AmqpPayload::add_truncated(const AmqpMessage& message, Nanoseconds arrival, std::vector<Record>& out) {
  Record record;
  const bool packed = !message.content_encoding.empty();
  JsonRecords::make_truncated(record.json, packed ? std::string_view() : message.body, message.length, arrival);
  if (options_.settings.amqp_fields) add_amqp_fields(message, false, record.json);
  record.id = identify(message, 0, false, false);
  out.push_back(std::move(record));
}

void AmqpPayload::add_undecoded(const AmqpMessage& message, const std::string& why, Nanoseconds arrival,
                                std::vector<Record>& out) {
  ++refused_;
  rejected_.put("content-encoding " + message.content_encoding + ": " + why, message.body, message.origin());
  rejected_.sync();
  log::warning_limited("unpack", "a body with content-encoding %s: %s, see %s", message.content_encoding.c_str(),
                       why.c_str(), rejected_.path().c_str());
  Record record;
  record.json = "{\"@timestamp\":\"" + to_rfc3339(arrival) + "\",\"message\":";
  append_json_string(record.json,
                     "a body of " + std::to_string(message.length) + " bytes could not be unpacked: " + why);
  record.json += R"(,"tags":["_unpackfailure"]})";
  if (options_.settings.amqp_fields) add_amqp_fields(message, false, record.json);
  record.id = identify(message, 0, false, false);
  out.push_back(std::move(record));
}

MessageId AmqpPayload::identify(const AmqpMessage& message, uint64_t index, bool timed, bool numbered) {
  IdHash hash(options_.key);
  const bool named = !message.message_id.empty();
  if (options_.id == AmqpId::message_id && named) {
    hash.add(message.message_id);
    hash.add(index);
    return hash.finish();
  }
  hash.add(message.body);
  hash.add(message.message_id);
  hash.add(message.timestamp.value_or(0));
  hash.add(index);
  if (!named && !timed) {  // nothing tells a repetition of this text from the same text again
    hash.add(salt_++);
    hash.add(static_cast<uint64_t>(now()));
    return hash.finish();
  }
  // A body with a number of its own, or a message with an id, is the same message when it comes again.
  if (named || numbered) return hash.finish();
  IdHash copy = hash;
  const uint64_t before = copies_before(hash.finish());
  copy.add(before);
  return copy.finish();
}

uint64_t AmqpPayload::copies_before(const MessageId& id) {
  auto found = recent_.find(id);
  if (found != recent_.end()) return ++found->second;
  const auto old = older_.find(id);
  const uint32_t count = old == older_.end() ? 0 : old->second + 1;
  if (recent_.size() >= kRemembered) {
    older_ = std::move(recent_);
    recent_.clear();
  }
  recent_[id] = count;
  return count;
}

void AmqpPayload::add_amqp_fields(const AmqpMessage& message, bool taken, std::string& json) const {
  prepend(json, (taken ? "\"_amqp\":" : "\"amqp\":") + message.origin());
}

}  // namespace alco
