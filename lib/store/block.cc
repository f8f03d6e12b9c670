#include "lib/store/block.h"

#include <algorithm>
#include <charconv>

#include "lib/store/int_codec.h"

namespace alco::store {
namespace {

constexpr uint8_t kRawReals = 0xff;
constexpr size_t kOneIn = 16;                   // a stream of which more is asked for is unpacked as a whole
constexpr size_t kManyOps = 1 << 16;            // too many to look at for each column
constexpr size_t kMaxValues = size_t{1} << 26;  // of one column in one block

template <class T>
void append_number(std::string& out, T value) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// As ordered_bits() of a double, from what is written with so many decimals.
uint64_t unscaled(uint64_t value, uint8_t decimals) {
  static constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
  if (decimals == kRawReals) return value;
  if (decimals > 9) throw Corrupt{"unknown scale of numbers"};
  return ordered_bits(static_cast<double>(to_signed(value)) / kPowers[decimals]);
}

// For a row that is being written: how many of its values are, by column; all zero.
std::vector<uint32_t>& values_seen(size_t columns) {
  thread_local std::vector<uint32_t> seen;
  seen.assign(columns, 0);
  return seen;
}

}  // namespace

ColumnRows::ColumnRows(const std::vector<uint32_t>& shapes, const std::vector<uint32_t>& counts) {
  one_each_ = false;
  begin_.resize(shapes.size() + 1);
  uint32_t at = 0;
  for (size_t row = 0; row < shapes.size(); ++row) {
    begin_[row] = at;
    at += counts[shapes[row]];
  }
  begin_.back() = at;
  values_ = at;
}

Block::Block(std::shared_ptr<Segment> segment, size_t index) : segment_(std::move(segment)), index_(index) {
  const BlockInfo& block = info();
  header_bytes_ = segment_->block_header(index);
  bytes_read_ += block.header_size;
  header_ = get_block_header(ByteReader(header_bytes_));
  if (header_.rows != block.summary.rows) throw Corrupt{"header and footer disagree"};
  loaded_.resize(header_.columns.size());
}

std::string Block::name() const { return segment_->path() + " block " + std::to_string(index_); }

std::string Block::read(const StreamPlace& place) {
  if (place.size == 0) return {};
  const BlockInfo& block = info();
  const uint64_t body = block.size - block.header_size;
  if (place.offset > body || place.size > body - place.offset) throw Corrupt{"stream outside its block"};
  bytes_read_ += place.size;
  return segment_->read(block.offset + block.header_size + place.offset, place.size, place.checksum);
}

const std::vector<int64_t>& Block::times() {
  if (times_.size() == rows()) return times_;
  const std::string data = read(header_.times);
  ByteReader in(data);
  const uint64_t unit = in.varint();
  std::vector<uint64_t> values;
  get_ints(in, rows(), values);
  times_.resize(rows());
  for (size_t i = 0; i < values.size(); ++i)
    times_[i] = static_cast<int64_t>(static_cast<uint64_t>(to_signed(values[i])) * unit);
  return times_;
}

void Block::load_ids() {
  if (ids_) return;
  auto ids = std::make_unique<PackedStream>(read(header_.ids), 0, rows());
  ids->numbers.check();
  ids_ = std::move(ids);
}

uint64_t Block::relative_id(size_t row) {
  load_ids();
  return ids_->numbers.at(row);
}

uint64_t Block::id(size_t row) { return segment_->first_id() + relative_id(row); }

const std::vector<uint32_t>& Block::shapes() {
  if (shapes_loaded_) return shapes_;
  const std::string data = read(header_.shapes);
  ByteReader in(data);
  get_ints(in, rows(), shapes_);
  for (uint32_t shape : shapes_)
    if (shape >= header_.shape_list.size()) throw Corrupt{"shape out of range"};
  shapes_loaded_ = true;
  return shapes_;
}

uint32_t Block::shape(size_t row) {
  if (!shapes_loaded_ && ++shapes_asked_ > rows() / kOneIn) shapes();
  if (shapes_loaded_) return shapes_[row];
  if (!some_shapes_) some_shapes_ = std::make_unique<PackedStream>(read(header_.shapes), 0, rows());
  const uint64_t shape = some_shapes_->numbers.at(row);
  if (shape >= header_.shape_list.size()) throw Corrupt{"shape out of range"};
  return static_cast<uint32_t>(shape);
}

std::vector<MessageId> Block::message_ids() {
  if (!header_.has_message_ids) return {};
  const std::string data = read(header_.message_ids);
  if (data.size() != rows() * sizeof(MessageId)) throw Corrupt{"wrong number of message ids"};
  std::vector<MessageId> ids(rows());
  memcpy(ids.data(), data.data(), data.size());
  return ids;
}

std::vector<uint32_t> Block::find(std::string_view path) const {
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < header_.columns.size(); ++i)
    if (header_.columns[i].path == path) found.push_back(i);
  return found;
}

std::vector<bool> Block::shapes_with(std::string_view path, bool only_null) const {
  std::vector<bool> having(header_.shape_list.size());
  const bool message = path == "message";
  std::string at;
  std::vector<size_t> open;
  for (size_t shape = 0; shape < having.size(); ++shape) {
    at.clear();
    open.clear();
    for (const ShapeOp& op : header_.shape_list[shape]) {
      if (op.is_message || message) {
        if (op.is_message && message && !only_null) having[shape] = true;
        continue;
      }
      if (op.type == Type::object_end) {
        if (open.empty()) throw Corrupt{"object ends that did not begin"};
        at.resize(open.back());
        open.pop_back();
        continue;
      }
      const size_t size = at.size();
      if (!open.empty()) at += '.';
      at += op.key;
      if (op.type == Type::object_begin) {
        open.push_back(size);
        continue;
      }
      if (at == path && (!only_null || op.type == Type::null)) having[shape] = true;
      at.resize(size);
    }
  }
  return having;
}

void Block::find_shapes_of_columns() {
  shapes_of_columns_.resize(header_.columns.size());
  for (uint32_t shape = 0; shape < header_.shape_list.size(); ++shape)
    for (const ShapeOp& op : header_.shape_list[shape])
      if (op.has_column()) shapes_of_columns_[op.column].push_back(shape);
}

const ColumnRows& Block::column_rows(uint32_t column) {
  Loaded& loaded = loaded_[column];
  if (loaded.rows) return *loaded.rows;
  std::vector<uint32_t> counts(header_.shape_list.size());
  if (header_.ops > kManyOps) {
    if (shapes_of_columns_.empty()) find_shapes_of_columns();
    for (const uint32_t shape : shapes_of_columns_[column]) ++counts[shape];
  } else {
    for (size_t shape = 0; shape < counts.size(); ++shape)
      for (const ShapeOp& op : header_.shape_list[shape])
        if (op.has_column() && op.column == column) ++counts[shape];
  }
  const bool one_each = std::all_of(counts.begin(), counts.end(), [](uint32_t count) { return count == 1; });
  loaded.rows = one_each ? std::make_unique<ColumnRows>(rows()) : std::make_unique<ColumnRows>(shapes(), counts);
  if (loaded.rows->values() != header_.columns[column].values) throw Corrupt{"values do not fit the shapes"};
  return *loaded.rows;
}

void Block::load_reals(ByteReader& in, size_t count, std::vector<uint64_t>& out) {
  const uint8_t decimals = in.byte();
  get_ints(in, count, out);
  for (uint64_t& value : out) value = unscaled(value, decimals);
}

const std::vector<uint64_t>& Block::numbers(uint32_t column) {
  Loaded& loaded = loaded_[column];
  if (loaded.numbers_loaded) return loaded.numbers;
  const ColumnInfo& info = header_.columns[column];
  const std::string data = read(info.data);
  ByteReader in(data);
  if (info.values > kMaxValues) throw Corrupt{"too many values"};
  if (info.type == Type::real)
    load_reals(in, info.values, loaded.numbers);
  else
    get_ints(in, info.values, loaded.numbers);
  loaded.numbers_loaded = true;
  return loaded.numbers;
}

const std::vector<uint32_t>& Block::codes(uint32_t column) {
  Loaded& loaded = loaded_[column];
  if (loaded.codes_loaded) return loaded.codes;
  const ColumnInfo& info = header_.columns[column];
  const std::string data = read(info.data);
  ByteReader in(data);
  if (info.values > kMaxValues) throw Corrupt{"too many values"};
  get_ints(in, info.values, loaded.codes);
  if (info.coding == Coding::recency) {
    uint32_t next = 0;
    for (uint32_t& code : loaded.codes) {
      code = next - code;  // 0: the next new one
      next += code == next;
    }
  }
  uint32_t most = 0;
  for (const uint32_t code : loaded.codes) most = std::max(most, code);
  if (!loaded.codes.empty() && most >= info.distinct) throw Corrupt{"code out of range"};
  loaded.codes_loaded = true;
  return loaded.codes;
}

uint64_t Block::number(uint32_t column, size_t at) {
  Loaded& loaded = loaded_[column];
  const ColumnInfo& info = header_.columns[column];
  if (loaded.numbers_loaded || ++loaded.asked > info.values / kOneIn) return numbers(column)[at];
  const bool real = info.type == Type::real;
  if (!loaded.some) {
    if (info.values > kMaxValues) throw Corrupt{"too many values"};
    std::string bytes = read(info.data);
    if (real && bytes.empty()) throw Corrupt{"stream ends early"};
    loaded.some = std::make_unique<PackedStream>(std::move(bytes), real ? 1 : 0, info.values);
  }
  const uint64_t value = loaded.some->numbers.at(at);
  return real ? unscaled(value, static_cast<uint8_t>(loaded.some->bytes[0])) : value;
}

uint32_t Block::code(uint32_t column, size_t at) {
  Loaded& loaded = loaded_[column];
  const ColumnInfo& info = header_.columns[column];
  if (loaded.codes_loaded || info.coding == Coding::recency || ++loaded.asked > info.values / kOneIn)
    return codes(column)[at];
  if (info.values > kMaxValues) throw Corrupt{"too many values"};
  if (!loaded.some) loaded.some = std::make_unique<PackedStream>(read(info.data), 0, info.values);
  const uint64_t code = loaded.some->numbers.at(at);
  if (code >= info.distinct) throw Corrupt{"code out of range"};
  return static_cast<uint32_t>(code);
}

TextColumn& Block::texts(uint32_t column) {
  Loaded& loaded = loaded_[column];
  if (loaded.texts) return *loaded.texts;
  const ColumnInfo& info = header_.columns[column];
  const bool direct = info.coding == Coding::direct;
  loaded.text_bytes = read(direct ? info.data : info.texts);
  if (!templates_) templates_ = segment_->templates();
  loaded.texts = std::make_unique<TextColumn>(loaded.text_bytes, *templates_);
  if (loaded.texts->size() != (direct ? info.values : info.distinct)) throw Corrupt{"wrong number of texts"};
  if (direct) loaded.texts->set_times([this, column] { return message_times(column); });
  return *loaded.texts;
}

std::span<const int64_t> Block::message_times(uint32_t column) {
  const ColumnRows& rows = column_rows(column);
  if (rows.one_each()) return times();
  std::vector<int64_t>& of_values = loaded_[column].times;
  if (of_values.empty()) {
    of_values.resize(rows.values());
    for (size_t row = 0; row < this->rows(); ++row)
      for (size_t i = rows.begin(row); i < rows.begin(row + 1); ++i) of_values[i] = times()[row];
  }
  return of_values;
}

std::string_view Block::filter(uint32_t column) {
  Loaded& loaded = loaded_[column];
  if (!loaded.filter_loaded) loaded.filter = read(header_.columns[column].filter);
  loaded.filter_loaded = true;
  return loaded.filter;
}

std::string_view Block::distinct_text(uint32_t column, uint32_t code) {
  Loaded& loaded = loaded_[column];
  if (loaded.distinct.empty()) loaded.distinct.resize(texts(column).size());
  auto& slot = loaded.distinct[code];
  if (!slot) {
    slot = std::make_unique<std::string>();
    loaded.texts->append_text(*slot, code);
  }
  return *slot;
}

void Block::append_value_text(std::string& out, uint32_t column, size_t at) {
  const ColumnInfo& info = header_.columns[column];
  switch (info.type) {
    case Type::string:
    case Type::raw:
      if (info.coding == Coding::direct)
        texts(column).append_text(out, at);
      else
        out += distinct_text(column, code(column, at));
      return;
    case Type::boolean:
      out += number(column, at) ? "true" : "false";
      return;
    case Type::integer:
      return append_number(out, to_signed(number(column, at)));
    case Type::big_unsigned:
      return append_number(out, number(column, at));
    case Type::real:
      return append_json_real(out, from_ordered_bits(number(column, at)));
    default:
      return;
  }
}

FieldColumns Block::field(std::string_view path) const {
  FieldColumns field;
  field.message = path == "message";
  field.time = path == "@timestamp";
  if (field.message || field.time) return field;
  for (uint32_t column : find(path))
    if (!header_.columns[column].is_message) field.columns.push_back(column);
  field.null_in = shapes_with(path, true);
  if (std::find(field.null_in.begin(), field.null_in.end(), true) == field.null_in.end()) field.null_in.clear();
  return field;
}

bool Block::append_field(std::string& out, size_t row, const FieldColumns& field, Type& type) {
  type = Type::absent;
  if (field.message) {
    if (!append_message(out, row)) return false;
    type = Type::string;
    return true;
  }
  if (field.time) {
    append_rfc3339(out, times()[row]);
    type = Type::string;
    return true;
  }
  for (uint32_t column : field.columns) {
    const ColumnRows& rows = column_rows(column);
    if (rows.begin(row) == rows.begin(row + 1)) continue;
    append_value_text(out, column, rows.begin(row));
    type = header_.columns[column].type;
    return true;
  }
  if (field.null_in.empty() || !field.null_in[shape(row)]) return false;
  out += "null";
  type = Type::null;
  return true;
}

bool Block::append_message(std::string& out, size_t row) {
  const auto& ops = header_.shape_list[shape(row)];
  for (const ShapeOp& op : ops) {
    if (!op.is_message) continue;
    texts(op.column).append_text(out, column_rows(op.column).begin(row));
    return true;
  }
  return false;
}

void Block::make_event(size_t row, Event& event, std::string& arena) {
  event.time = times()[row];
  event.message.reset();
  event.members.clear();
  arena.clear();
  if (append_message(arena, row)) event.message = arena;
  std::vector<uint32_t>& seen = values_seen(header_.columns.size());
  const auto& ops = header_.shape_list[shapes()[row]];
  for (const ShapeOp& op : ops) {
    if (op.is_message) continue;
    Member member{};
    member.type = op.type;
    member.key = op.key;
    if (op.has_column()) {
      const size_t at = column_rows(op.column).begin(row) + seen[op.column]++;
      if (op.type == Type::string || op.type == Type::raw)
        member.text = distinct_text(op.column, codes(op.column)[at]);
      else if (op.type == Type::boolean)
        member.boolean = numbers(op.column)[at] != 0;
      else if (op.type == Type::integer)
        member.integer = to_signed(numbers(op.column)[at]);
      else if (op.type == Type::big_unsigned)
        member.big_unsigned = numbers(op.column)[at];
      else
        member.real = from_ordered_bits(numbers(op.column)[at]);
    }
    event.members.push_back(member);
  }
}

const std::string& Block::quoted_text(uint32_t column, uint32_t code) {
  Loaded& loaded = loaded_[column];
  if (loaded.quoted.empty()) loaded.quoted.resize(texts(column).size());
  std::string& quoted = loaded.quoted[code];
  if (!quoted.empty()) return quoted;
  if (header_.columns[column].type == Type::raw) {
    texts(column).append_text(quoted, code);
  } else {
    thread_local std::string text;
    text.clear();
    texts(column).append_text(text, code);
    append_json_string(quoted, text);
  }
  return quoted;
}

void Block::append_json_value(std::string& out, const ShapeOp& op, size_t at) {
  const ColumnInfo& info = header_.columns[op.column];
  if (op.type != Type::string && op.type != Type::raw) return append_value_text(out, op.column, at);
  if (info.coding != Coding::direct) {
    out += quoted_text(op.column, code(op.column, at));
    return;
  }
  thread_local std::string text;
  text.clear();
  texts(op.column).append_text(text, at);
  append_json_string(out, text);
}

const std::vector<std::string>& Block::json_prefixes(uint32_t shape) {
  if (json_prefixes_.empty()) json_prefixes_.resize(header_.shape_list.size());
  auto& prefixes = json_prefixes_[shape];
  if (!prefixes.empty()) return prefixes;
  bool first = false;
  for (const ShapeOp& op : header_.shape_list[shape]) {
    std::string prefix = op.type == Type::object_end || first ? "" : ",";
    if (op.type != Type::object_end) {
      append_json_string(prefix, op.key);
      prefix += ':';
    }
    if (op.type == Type::object_begin) prefix += '{';
    if (op.type == Type::object_end) prefix += '}';
    if (op.type == Type::null) prefix += "null";
    first = op.type == Type::object_begin;
    prefixes.push_back(std::move(prefix));
  }
  return prefixes;
}

void Block::append_json(std::string& out, size_t row) {
  const uint32_t shape = this->shape(row);
  const auto& ops = header_.shape_list[shape];
  const auto& prefixes = json_prefixes(shape);
  std::vector<uint32_t>& seen = values_seen(header_.columns.size());
  out += "{\"@timestamp\":\"";
  append_rfc3339(out, times()[row]);
  out += '"';
  for (size_t i = 0; i < ops.size(); ++i) {
    out += prefixes[i];
    if (!ops[i].has_column()) continue;
    const uint32_t column = ops[i].column;
    const ColumnRows& rows = column_rows(column);
    size_t at = rows.begin(row);
    if (!rows.one_each()) at += seen[column]++;
    append_json_value(out, ops[i], at);
  }
  out += '}';
}

}  // namespace alco::store
