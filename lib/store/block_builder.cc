#include "lib/store/block_builder.h"

#include <algorithm>
#include <cmath>

#include "lib/store/event_limits.h"
#include "lib/store/filter.h"
#include "lib/store/int_codec.h"

namespace alco::store {
namespace {

constexpr uint8_t kRawReals = 0xff;
constexpr int kMaxDecimals = 9;
constexpr double kMaxExactInteger = 9007199254740992.0;  // 2^53

uint64_t mix(uint64_t hash, uint64_t value) {
  hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
  return hash ^ hash >> 29;
}

uint64_t hash_member(uint64_t hash, const Member& member) {
  const char* at = member.key.data();
  size_t left = member.key.size();
  for (; left > 8; left -= 8, at += 8) hash = mix(hash, word_of(at, 8));
  return mix(hash + (static_cast<uint64_t>(member.type) << 32 | member.key.size()), word_of(at, left));
}

bool is_string(Type type) { return type == Type::string || type == Type::raw; }

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<signed char>(c) < 0; });
}

// Decimals that write every value exactly, as value * 10^decimals; -1 if there are none.
int common_decimals(const std::vector<uint64_t>& ordered) {
  static constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  int decimals = 0;
  for (uint64_t bits : ordered) {
    const double value = from_ordered_bits(bits);
    if (value == 0 && std::signbit(value)) return -1;
    for (;; ++decimals) {
      if (decimals > kMaxDecimals) return -1;
      const double scaled = std::round(value * kPowers[decimals]);
      if (!(std::fabs(scaled) < kMaxExactInteger)) return -1;
      if (scaled / kPowers[decimals] == value) break;
    }
  }
  return decimals;
}

// Exact for all values only if checked again: more decimals may not fit an earlier value.
bool scale_reals(const std::vector<uint64_t>& ordered, int decimals, std::vector<uint64_t>& out) {
  const double power = std::pow(10.0, decimals);
  out.clear();
  for (uint64_t bits : ordered) {
    const double value = from_ordered_bits(bits);
    const double scaled = std::round(value * power);
    if (!(std::fabs(scaled) < kMaxExactInteger) || scaled / power != value) return false;
    out.push_back(from_signed(static_cast<int64_t>(scaled)));
  }
  return true;
}

void put_reals(std::string& out, const std::vector<uint64_t>& ordered, Effort effort) {
  const int decimals = common_decimals(ordered);
  std::vector<uint64_t> scaled;
  if (decimals >= 0 && scale_reals(ordered, decimals, scaled)) {
    out += static_cast<char>(decimals);
    put_ints(out, scaled, effort);
  } else {
    out += static_cast<char>(kRawReals);
    put_ints(out, ordered, effort);
  }
}

// Times with the unit that divides them all.
void put_times(std::string& out, std::vector<uint64_t> times, Effort effort) {
  int64_t unit = 1'000'000'000;
  for (uint64_t time : times)
    while (to_signed(time) % unit != 0) unit /= 1000;
  for (uint64_t& time : times) time = from_signed(to_signed(time) / unit);
  put_varint(out, static_cast<uint64_t>(unit));
  put_ints(out, times, effort);
}

bool before(const MessageId& a, const MessageId& b) { return a.high != b.high ? a.high < b.high : a.low < b.low; }

template <class T>
void filter(std::vector<T>& values, const std::vector<bool>& keep) {
  size_t out = 0;
  for (size_t i = 0; i < values.size(); ++i)
    if (keep[i]) values[out++] = values[i];
  values.resize(out);
}

std::vector<uint64_t> recency(const std::vector<uint64_t>& codes) {
  std::vector<uint64_t> out;
  out.reserve(codes.size());
  uint64_t next = 0;
  for (uint64_t code : codes) {
    out.push_back(code == next ? 0 : next - code);
    next += code == next;
  }
  return out;
}

}  // namespace

uint32_t BlockBuilder::column_for(const std::string& path, Type type, bool is_message) {
  std::string name = path;
  name += '\0';
  name += static_cast<char>(type);
  name += is_message ? 'm' : '-';
  const auto index = static_cast<uint32_t>(columns_.size());
  const auto [at, is_new] = column_index_.emplace(std::move(name), index);
  if (!is_new) return at->second;
  Column column{path, type, is_message, true, {}, {}, nullptr, {}};
  if (is_message) column.text = std::make_unique<TextBuffer>();
  columns_.push_back(std::move(column));
  names_ += path.size();
  return index;
}

uint32_t BlockBuilder::new_shape(const Event& event, uint64_t hash) {
  Shape shape{hash, {}, {}};
  size_t bytes = 0;
  for (const Member& member : event.members) bytes += member.key.size();
  shape.keys.reserve(bytes);
  names_ += bytes;
  if (event.message) shape.ops.push_back({Type::string, true, column_for("message", Type::string, true), "message"});
  std::string path;
  std::vector<size_t> open;
  for (const Member& member : event.members) {
    const size_t at = shape.keys.size();
    shape.keys.insert(shape.keys.end(), member.key.begin(), member.key.end());
    ShapeOp op{member.type, false, 0, std::string_view(shape.keys.data() + at, member.key.size())};
    if (member.type == Type::object_end) {
      path.resize(open.back());
      open.pop_back();
    } else {
      const size_t size = path.size();
      if (!open.empty()) path += '.';
      path += member.key;
      if (member.type == Type::object_begin)
        open.push_back(size);
      else if (op.has_column())
        op.column = column_for(path, member.type, false);
      if (member.type != Type::object_begin) path.resize(size);
    }
    shape.ops.push_back(op);
  }
  ops_ += shape.ops.size();
  shapes_.push_back(std::move(shape));
  if (shapes_.size() * 2 > shape_slots_.size()) {
    shape_slots_.assign(std::max<size_t>(64, shape_slots_.size() * 2), 0);
    for (size_t i = 0; i < shapes_.size(); ++i) {
      size_t slot = shapes_[i].hash & (shape_slots_.size() - 1);
      while (shape_slots_[slot] != 0) slot = (slot + 1) & (shape_slots_.size() - 1);
      shape_slots_[slot] = static_cast<uint32_t>(i + 1);
    }
  } else {
    size_t slot = hash & (shape_slots_.size() - 1);
    while (shape_slots_[slot] != 0) slot = (slot + 1) & (shape_slots_.size() - 1);
    shape_slots_[slot] = static_cast<uint32_t>(shapes_.size());
  }
  return static_cast<uint32_t>(shapes_.size() - 1);
}

uint32_t BlockBuilder::shape_of(const Event& event) {
  uint64_t hash = event.message ? 1 : 2;
  for (const Member& member : event.members) hash = hash_member(hash, member);
  if (shape_slots_.empty()) return new_shape(event, hash);
  for (size_t slot = hash & (shape_slots_.size() - 1); shape_slots_[slot] != 0;
       slot = (slot + 1) & (shape_slots_.size() - 1)) {
    const uint32_t index = shape_slots_[slot] - 1;
    const Shape& shape = shapes_[index];
    const size_t skip = event.message ? 1 : 0;
    if (shape.hash != hash || shape.ops.size() != event.members.size() + skip) continue;
    if (skip == 1 && !shape.ops[0].is_message) continue;
    bool same = true;
    for (size_t i = 0; same && i < event.members.size(); ++i)
      same =
          shape.ops[i + skip].type == event.members[i].type && same_text(shape.ops[i + skip].key, event.members[i].key);
    if (same) return index;
  }
  return new_shape(event, hash);
}

void BlockBuilder::add_value(Column& column, const Member& member, uint32_t prepared) {
  switch (member.type) {
    case Type::string:
    case Type::raw: {
      const size_t distinct = column.dictionary.size();
      column.numbers.push_back(column.dictionary.add(member.text, prepared));
      if (column.dictionary.size() != distinct) bytes_ += member.text.size();
      return;
    }
    case Type::boolean:
      column.numbers.push_back(member.boolean);
      return;
    case Type::integer:
      column.numbers.push_back(from_signed(member.integer));
      return;
    case Type::big_unsigned:
      column.numbers.push_back(member.big_unsigned);
      return;
    case Type::real:
      column.numbers.push_back(ordered_bits(member.real));
      return;
    default:
      return;
  }
}

bool BlockBuilder::has_room(const Event& event) const {
  if (rows() == 0) return true;
  const size_t members = event.members.size() + 1;
  if (rows() >= max_rows_ || columns_.size() >= kMostColumns || ops_ + members > kMostOps ||
      values_ + members > kMostValues)
    return false;
  size_t bytes = bytes_ + (event.message ? event.message->size() : 0);
  size_t keys = members;
  for (const Member& member : event.members) {
    if (is_string(member.type)) bytes += member.text.size();
    keys += member.key.size();
  }
  // No path is longer than all the keys, so that they need seldom be looked at.
  return bytes <= kMostBytes &&
         (names_ + (members + 1) * keys <= kMostNames || names_ + name_bytes(event) <= kMostNames);
}

void BlockBuilder::add(const Event& event, uint64_t relative_id, const std::optional<MessageId>& message_id) {
  const uint32_t index = shape_of(event);
  values_ += event.members.size() + 1;
  if (event.message) bytes_ += event.message->size();
  times_.push_back(from_signed(event.time));
  ids_.push_back(relative_id);
  shape_of_row_.push_back(index);
  has_message_ids_ |= message_id.has_value();
  if (has_message_ids_) {
    message_ids_.resize(times_.size() - 1);
    message_ids_.push_back(message_id.value_or(MessageId{}));
  }
  const ShapeOp* const message = shapes_[index].ops.data();
  const ShapeOp* const ops = event.message ? message + 1 : message;
  prepared_.resize(event.members.size());
  for (size_t i = 0; i < event.members.size(); ++i)
    if (is_string(ops[i].type)) prepared_[i] = columns_[ops[i].column].dictionary.prepare(event.members[i].text);
  uint32_t prepared = 0;
  if (event.message) {
    tokenize(*event.message, tokens_, &event.time);
    prepared = templates_.prepare(tokens_);
  }
  for (size_t i = 0; i < event.members.size(); ++i)
    if (ops[i].has_column()) add_value(columns_[ops[i].column], event.members[i], prepared_[i]);
  if (event.message) {
    const uint32_t id = templates_.add(tokens_, *event.message, prepared);
    columns_[message->column].text->add_split(id, tokens_);
  }
}

size_t BlockBuilder::memory() const {
  size_t bytes = times_.capacity() * 24 + message_ids_.capacity() * 16;
  for (const Column& column : columns_)
    bytes +=
        column.numbers.capacity() * 8 + column.dictionary.memory() + (column.text ? column.text->memory() : 0) + 200;
  return bytes + shapes_.size() * 400;
}

uint64_t BlockBuilder::drop(const std::vector<MessageId>& sorted_ids) {
  std::vector<bool> keep(rows(), true);
  uint64_t dropped = 0;
  for (size_t row = 0; row < message_ids_.size(); ++row) {
    if (!std::binary_search(sorted_ids.begin(), sorted_ids.end(), message_ids_[row], before)) continue;
    keep[row] = false;
    ++dropped;
  }
  if (dropped == 0) return 0;
  std::vector<std::vector<bool>> keep_values(columns_.size());
  for (size_t row = 0; row < rows(); ++row)
    for (const ShapeOp& op : shapes_[shape_of_row_[row]].ops)
      if (op.has_column()) keep_values[op.column].push_back(keep[row]);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].is_message)
      columns_[i].text->keep_rows(keep_values[i], templates_);
    else
      filter(columns_[i].numbers, keep_values[i]);
  }
  filter(times_, keep);
  filter(ids_, keep);
  filter(shape_of_row_, keep);
  filter(message_ids_, keep);
  first_appearance_ = false;
  return dropped;
}

void BlockBuilder::seal() {
  for (Column& column : columns_) {
    if (!is_string(column.type) || column.is_message) continue;
    column.text = std::make_unique<TextBuffer>();
    for (size_t code = 0; code < column.dictionary.size(); ++code) {
      const std::string_view text = column.dictionary.at(code);
      column.text->add(text, templates_, nullptr);
      column.ascii = column.ascii && is_ascii(text);
      column.hashes.push_back(filter_hash(text));
    }
    column.dictionary = StringDictionary();
  }
}

void BlockBuilder::describe(SegmentIndexBuilder& index, const std::vector<FinalTemplate>& finals) const {
  for (const Column& column : columns_) {
    if (column.is_message) {
      std::vector<uint32_t> ids;
      ids.reserve(column.text->size());
      for (uint32_t id : column.text->ids()) ids.push_back(finals[id].id);
      index.add_templates(ids);
      column.text->each_string([&](std::string_view text) { index.add_hidden(text); });
    } else if (column.type == Type::string) {
      index.add_strings(column.path, column.ascii, column.hashes);
    }
  }
}

StreamPlace BlockBuilder::place(std::string& body, std::string_view stream) {
  const StreamPlace result{body.size(), stream.size(), checksum32(stream)};
  body += stream;
  return result;
}

void BlockBuilder::encode_column(std::string& body, Column& column, ColumnInfo& info,
                                 const std::vector<FinalTemplate>& finals, Effort effort) {
  info.path = column.path;
  info.type = column.type;
  info.is_message = column.is_message;
  std::string stream;
  info.ascii = column.ascii;
  if (column.is_message) {
    info.values = column.text->size();
    column.text->encode(stream, finals, effort);
    info.data = place(body, stream);
    return;
  }
  if (is_string(column.type)) {
    info.values = column.numbers.size();
    info.distinct = column.text->size();
    column.text->encode(stream, finals, effort);
    info.texts = place(body, stream);
    return;
  }
  info.values = column.numbers.size();
  const auto [min, max] = std::minmax_element(column.numbers.begin(), column.numbers.end());
  if (!column.numbers.empty()) {
    info.min = *min;
    info.max = *max;
  }
  if (column.type == Type::real)
    put_reals(stream, column.numbers, effort);
  else
    put_ints(stream, column.numbers, effort);
  info.data = place(body, stream);
}

void BlockBuilder::encode_codes(std::string& body, size_t index, std::vector<ColumnInfo>& infos, Effort effort) {
  const Column& column = columns_[index];
  std::string plain, recent;
  put_ints(plain, column.numbers, effort);
  if (first_appearance_ && column.text->size() > 64) put_ints(recent, recency(column.numbers), effort);
  const bool use_recent = !recent.empty() && recent.size() < plain.size();
  infos[index].coding = use_recent ? Coding::recency : Coding::codes;
  infos[index].data = place(body, use_recent ? recent : plain);
}

BlockSummary BlockBuilder::encode(BlockHeader& header, std::string& body, const std::vector<FinalTemplate>& finals,
                                  Effort effort) {
  header.rows = rows();
  header.has_message_ids = has_message_ids_;
  std::string stream;
  const auto put = [&](const std::vector<uint64_t>& values) {
    stream.clear();
    put_ints(stream, values, effort);
    return place(body, stream);
  };
  put_times(stream, times_, effort);
  header.times = place(body, stream);
  header.ids = put(ids_);
  header.shapes = put(shape_of_row_);
  if (has_message_ids_)
    header.message_ids =
        place(body, {reinterpret_cast<const char*>(message_ids_.data()), message_ids_.size() * sizeof(MessageId)});
  header.columns.resize(columns_.size());
  for (size_t i = 0; i < columns_.size(); ++i) {
    encode_column(body, columns_[i], header.columns[i], finals, effort);
    if (is_string(columns_[i].type) && !columns_[i].is_message) encode_codes(body, i, header.columns, effort);
  }
  for (const Shape& shape : shapes_) header.shape_list.push_back(shape.ops);
  const auto [first, last] = std::minmax_element(times_.begin(), times_.end());
  const auto [low, high] = std::minmax_element(ids_.begin(), ids_.end());
  return {header.rows, to_signed(*first), to_signed(*last), *low, *high};
}

}  // namespace alco::store
