#include "lib/store/block_json.h"

#include <algorithm>
#include <charconv>

#include "lib/store/int_codec.h"

namespace alco::store {
namespace {

constexpr size_t kLongestNumber = 40;
constexpr size_t kLongestTime = 64;               // with what stands around it
constexpr size_t kLikelyEvent = 512;              // bytes
constexpr size_t kMostStrings = size_t{1} << 30;  // bytes of a column

// Writes {"@timestamp":"…"; knows the second it wrote last.
class TimeWriter {
 public:
  char* write(char* to, Nanoseconds time) {
    constexpr Nanoseconds kMicrosecond = 1000;
    Nanoseconds fraction = time % kSecond;
    if (fraction < 0) fraction += kSecond;
    const uint64_t second = static_cast<uint64_t>(time) - static_cast<uint64_t>(fraction);
    if (second != second_ || fraction % kMicrosecond != 0) {
      second_ = second;
      text_ = "{\"@timestamp\":\"";
      append_rfc3339(text_, time);
      text_ += '"';
      digits_ = text_.size() - 8;
      if (fraction % kMicrosecond != 0) second_ = kNoSecond;  // another form
    } else {
      auto micros = static_cast<unsigned>(fraction / kMicrosecond);
      for (size_t i = 6; i-- > 0; micros /= 10) text_[digits_ + i] = static_cast<char>('0' + micros % 10);
    }
    memcpy(to, text_.data(), text_.size());
    return to + text_.size();
  }

 private:
  static constexpr uint64_t kNoSecond = 1;  // is none
  uint64_t second_ = kNoSecond;             // in nanoseconds, modulo 2^64
  std::string text_;
  size_t digits_ = 0;
};

char* write_real(char* to, double value) {
  char* const end = std::to_chars(to, to + kLongestNumber, value).ptr;
  if (std::find_if(to, end, [](char c) { return c == '.' || c == 'e'; }) != end) return end;
  memcpy(end, ".0", 2);
  return end + 2;
}

void grow(JsonLines& lines, size_t used, size_t wanted) {
  lines.capacity = std::max(lines.capacity * 2, used + wanted);
  auto larger = std::make_unique_for_overwrite<char[]>(lines.capacity);
  if (used > 0) memcpy(larger.get(), lines.text.get(), used);
  lines.text = std::move(larger);
}

}  // namespace

BlockJson::BlockJson(Block& block) : times_(block.times().data()), shape_of_(block.shapes().data()) {
  const BlockHeader& header = block.header();
  columns_.resize(header.columns.size());
  for (uint32_t column = 0; column < header.columns.size(); ++column) load(block, column);
  for (const auto& ops : header.shape_list) compile(header, ops);
  words_.append(kCopySlack, '\0');
}

void BlockJson::load(Block& block, uint32_t index) {
  const ColumnInfo& info = block.header().columns[index];
  Column& column = columns_[index];
  column.rows = &block.column_rows(index);
  if (info.type == Type::string || info.type == Type::raw) {
    TextColumn& texts = block.texts(index);
    if (info.coding == Coding::direct) {
      column.texts = std::make_unique<TextJson>(texts);
      return;
    }
    column.codes = block.codes(index).data();
    load_strings(texts, info.type == Type::string, column);
    if (info.distinct == 1) column.constant.assign(column.strings.get(), column.ends[0]);
    return;
  }
  column.numbers = block.numbers(index).data();
  column.longest = kLongestNumber;
  const size_t values = column.rows->values();
  if (values > 0 && std::all_of(column.numbers, column.numbers + values,
                                [&](uint64_t number) { return number == column.numbers[0]; }))
    block.append_value_text(column.constant, index, 0);
}

void BlockJson::load_strings(TextColumn& texts, bool quotes, Column& column) {
  std::string text, out;
  for (size_t code = 0; code < texts.size(); ++code) {
    text.clear();
    texts.append_text(text, code);
    const size_t before = out.size();
    if (quotes)
      append_json_string(out, text);
    else
      out += text;
    if (out.size() > kMostStrings) throw Corrupt{"too many strings"};
    column.longest = std::max(column.longest, out.size() - before);
    column.ends.push_back(static_cast<uint32_t>(out.size()));
  }
  column.strings = std::make_unique_for_overwrite<char[]>(out.size() + kCopySlack);
  memcpy(column.strings.get(), out.data(), out.size());
}

void BlockJson::compile(const BlockHeader& header, const std::vector<ShapeOp>& ops) {
  Shape shape;
  shape.first = static_cast<uint32_t>(fields_.size());
  shape.bound = kLongestTime + 2 * kCopySlack;
  std::vector<uint32_t> seen(header.columns.size());
  Field field{static_cast<uint32_t>(words_.size()), 0, 0, 0, Value::none};
  const auto end_field = [&] {
    field.words_size = static_cast<uint32_t>(words_.size()) - field.words;
    shape.bound += field.words_size;
    ++shape.fields;
    fields_.push_back(field);
    field = {static_cast<uint32_t>(words_.size()), 0, 0, 0, Value::none};
  };
  bool first = false;  // in its object
  for (const ShapeOp& op : ops) {
    if (op.type == Type::object_end) {
      words_ += '}';
      first = false;
      continue;
    }
    if (!first) words_ += ',';
    append_json_string(words_, op.key);
    words_ += ':';
    first = op.type == Type::object_begin;
    if (op.type == Type::object_begin) words_ += '{';
    if (op.type == Type::null) words_ += "null";
    if (!op.has_column()) continue;
    const Column& column = columns_[op.column];
    field.nth = seen[op.column]++;
    if (!column.constant.empty()) {
      words_ += column.constant;
      continue;
    }
    field.column = op.column;
    shape.bound += column.longest;
    if (column.texts) {
      field.value = Value::text;
      shape.texts = true;
      words_ += '"';
      end_field();
      words_ += '"';
      continue;
    }
    field.value = column.codes                    ? Value::coded
                  : op.type == Type::boolean      ? Value::boolean
                  : op.type == Type::integer      ? Value::integer
                  : op.type == Type::big_unsigned ? Value::big_unsigned
                                                  : Value::real;
    end_field();
  }
  words_ += "}\n";
  end_field();
  shapes_.push_back(shape);
}

size_t BlockJson::bound(const Shape& shape, uint32_t row) const {
  size_t bound = shape.bound;
  if (!shape.texts) return bound;
  for (uint32_t i = 0; i < shape.fields; ++i) {
    const Field& field = fields_[shape.first + i];
    if (field.value != Value::text) continue;
    const Column& column = columns_[field.column];
    bound += column.texts->bound(column.rows->begin(row) + field.nth);
  }
  return bound;
}

inline char* BlockJson::write(char* to, const Field& field, uint32_t row) const {
  to = copy_short(to, words_.data() + field.words, field.words_size);
  if (field.value == Value::none) return to;
  const Column& column = columns_[field.column];
  const size_t at = column.rows->begin(row) + field.nth;
  switch (field.value) {
    case Value::coded: {
      const uint32_t code = column.codes[at];
      const uint32_t begin = code == 0 ? 0 : column.ends[code - 1];
      return copy_short(to, column.strings.get() + begin, column.ends[code] - begin);
    }
    case Value::text:
      return column.texts->write(to, at);
    case Value::integer:
      return std::to_chars(to, to + kLongestNumber, to_signed(column.numbers[at])).ptr;
    case Value::big_unsigned:
      return std::to_chars(to, to + kLongestNumber, column.numbers[at]).ptr;
    case Value::real:
      return write_real(to, from_ordered_bits(column.numbers[at]));
    case Value::boolean: {
      const std::string_view word = column.numbers[at] ? "true" : "false";
      memcpy(to, word.data(), word.size());
      return to + word.size();
    }
    case Value::none:
      break;
  }
  return to;
}

JsonLines BlockJson::lines(std::span<const uint32_t> rows) const {
  JsonLines lines;
  lines.ends.reserve(rows.size());
  grow(lines, 0, rows.size() * kLikelyEvent + kLikelyEvent);
  TimeWriter times;
  size_t used = 0;
  for (const uint32_t row : rows) {
    const Shape& shape = shapes_[shape_of_[row]];
    const size_t most = bound(shape, row);
    if (lines.capacity - used < most) grow(lines, used, most);
    char* const begin = lines.text.get() + used;
    char* to = times.write(begin, times_[row]);
    for (uint32_t i = 0; i < shape.fields; ++i) to = write(to, fields_[shape.first + i], row);
    used += static_cast<size_t>(to - begin);
    lines.ends.push_back(used);
  }
  return lines;
}

}  // namespace alco::store
