#include "lib/delivery/amqp_message.h"

#include <algorithm>
#include <cmath>

#include "lib/delivery/amqp_connection.h"
#include "lib/event.h"
#include "lib/log.h"
#include "lib/utf8.h"

namespace alco {
namespace {

constexpr size_t kHead = size_t{64} << 10;  // kept of a body that is too long
constexpr int kMaxDepth = 16;               // of header tables

void append_text(std::string& out, std::string_view text) {
  if (utf8::valid(text)) return append_json_string(out, text);
  std::string repaired;
  utf8::append_repaired(repaired, text);
  append_json_string(out, repaired);
}

// JSON knows neither NaN nor infinity.
void append_real(std::string& out, double value) {
  if (std::isfinite(value)) return append_json_real(out, value);
  out += "null";
}

void append_table(std::string& out, const amqp_table_t& table, int depth);

void append_value(std::string& out, const amqp_field_value_t& field, int depth) {
  const auto& value = field.value;
  switch (field.kind) {
    case AMQP_FIELD_KIND_BOOLEAN:
      out += value.boolean ? "true" : "false";
      break;
    case AMQP_FIELD_KIND_I8:
      out += std::to_string(value.i8);
      break;
    case AMQP_FIELD_KIND_U8:
      out += std::to_string(value.u8);
      break;
    case AMQP_FIELD_KIND_I16:
      out += std::to_string(value.i16);
      break;
    case AMQP_FIELD_KIND_U16:
      out += std::to_string(value.u16);
      break;
    case AMQP_FIELD_KIND_I32:
      out += std::to_string(value.i32);
      break;
    case AMQP_FIELD_KIND_U32:
      out += std::to_string(value.u32);
      break;
    case AMQP_FIELD_KIND_I64:
      out += std::to_string(value.i64);
      break;
    case AMQP_FIELD_KIND_U64:
    case AMQP_FIELD_KIND_TIMESTAMP:
      out += std::to_string(value.u64);
      break;
    case AMQP_FIELD_KIND_F32:
      append_real(out, static_cast<double>(value.f32));
      break;
    case AMQP_FIELD_KIND_F64:
      append_real(out, value.f64);
      break;
    case AMQP_FIELD_KIND_UTF8:
    case AMQP_FIELD_KIND_BYTES:
      append_text(out, view(value.bytes));
      break;
    case AMQP_FIELD_KIND_TABLE:
      append_table(out, value.table, depth + 1);
      break;
    case AMQP_FIELD_KIND_ARRAY:
      out += '[';
      for (int i = 0; i < value.array.num_entries && depth < kMaxDepth; ++i) {
        if (i > 0) out += ',';
        append_value(out, value.array.entries[i], depth + 1);
      }
      out += ']';
      break;
    default:
      out += "null";
  }
}

void append_table(std::string& out, const amqp_table_t& table, int depth) {
  out += '{';
  for (int i = 0; i < table.num_entries && depth < kMaxDepth; ++i) {
    if (i > 0) out += ',';
    append_text(out, view(table.entries[i].key));
    out += ':';
    append_value(out, table.entries[i].value, depth);
  }
  out += '}';
}

}  // namespace

void append_json(std::string& out, const amqp_table_t& table) { append_table(out, table, 0); }

std::string AmqpMessage::origin() const {
  std::string out = "{\"exchange\":";
  append_text(out, exchange);
  out += ",\"routing_key\":";
  append_text(out, routing_key);
  if (!message_id.empty()) append_text(out += ",\"message_id\":", message_id);
  if (!content_encoding.empty()) append_text(out += ",\"content_encoding\":", content_encoding);
  if (timestamp) out += ",\"timestamp\":" + std::to_string(*timestamp);
  if (redelivered) out += ",\"redelivered\":true";
  if (!headers.empty()) out.append(",\"headers\":").append(headers);
  out += '}';
  return out;
}

bool AmqpAssembler::add(const amqp_frame_t& frame) {
  if (frame.frame_type == AMQP_FRAME_METHOD && frame.payload.method.id == AMQP_BASIC_DELIVER_METHOD) {
    const auto* deliver = static_cast<const amqp_basic_deliver_t*>(frame.payload.method.decoded);
    message_ = AmqpMessage();
    message_.tag = deliver->delivery_tag;
    message_.redelivered = deliver->redelivered;
    message_.exchange = view(deliver->exchange);
    message_.routing_key = view(deliver->routing_key);
    state_ = State::header;
  } else if (frame.frame_type == AMQP_FRAME_HEADER && state_ == State::header) {
    const auto& header = frame.payload.properties;
    take_properties(*static_cast<const amqp_basic_properties_t*>(header.decoded));
    message_.length = missing_ = header.body_size;
    if (missing_ > max_body_)
      rejected_.begin("body of " + std::to_string(missing_) + " bytes is over the limit", message_.origin());
    else
      message_.body.reserve(missing_);
    state_ = State::body;
    if (missing_ == 0) return complete();
  } else if (frame.frame_type == AMQP_FRAME_BODY && state_ == State::body) {
    take_body(view(frame.payload.body_fragment));
    if (missing_ == 0) return complete();
  }
  return false;
}

void AmqpAssembler::take_properties(const amqp_basic_properties_t& properties) {
  if (properties._flags & AMQP_BASIC_CONTENT_ENCODING_FLAG)
    message_.content_encoding = view(properties.content_encoding);
  if (properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) message_.message_id = view(properties.message_id);
  if (properties._flags & AMQP_BASIC_TIMESTAMP_FLAG) message_.timestamp = properties.timestamp;
  if ((properties._flags & AMQP_BASIC_HEADERS_FLAG) && properties.headers.num_entries > 0)
    append_json(message_.headers, properties.headers);
}

void AmqpAssembler::take_body(std::string_view part) {
  part = part.substr(0, missing_);
  missing_ -= part.size();
  if (message_.length <= max_body_) {
    message_.body += part;
    return;
  }
  rejected_.part(part);
  if (message_.body.size() < kHead) message_.body += part.substr(0, kHead - message_.body.size());
}

bool AmqpAssembler::complete() {
  state_ = State::method;
  if (message_.length <= max_body_) return true;
  rejected_.end();
  rejected_.sync();
  log::warning_limited("long", "a body of %ju bytes was cut, see %s", static_cast<uintmax_t>(message_.length),
                       rejected_.path().c_str());
  return true;
}

}  // namespace alco
