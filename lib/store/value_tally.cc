#include "lib/store/value_tally.h"

#include <algorithm>
#include <utility>

namespace alco::store {
namespace {

bool has_dictionary(const ColumnInfo& info) {
  return (info.type == Type::string || info.type == Type::raw) && info.coding != Coding::direct;
}

bool any(const std::vector<bool>& shapes) { return std::find(shapes.begin(), shapes.end(), true) != shapes.end(); }

}  // namespace

void values_of_rows(Block& block, const std::string& field, const Bitmap& rows, ValueNumbers& numbers,
                    std::vector<uint32_t>& values) {
  values.assign(block.rows(), kNoValue);
  std::string text;
  if (field == "message") {
    rows.for_each([&](size_t row) {
      text.clear();
      if (block.append_message(text, row)) values[row] = numbers.of(text);
    });
    return;
  }
  for (uint32_t column : block.find(field)) {
    const ColumnInfo& info = block.header().columns[column];
    if (info.is_message) continue;
    const bool strings = has_dictionary(info);
    const std::vector<uint32_t>* codes = nullptr;
    std::vector<uint32_t> of_code;
    const ColumnRows& where = block.column_rows(column);
    rows.for_each([&](size_t row) {
      if (values[row] != kNoValue || where.begin(row) == where.begin(row + 1)) return;
      const size_t at = where.begin(row);
      if (strings && !codes) {
        codes = &block.codes(column);
        of_code.resize(block.texts(column).size(), kNoValue);
      }
      uint32_t known = kNoValue;
      uint32_t& number = strings ? of_code[(*codes)[at]] : known;
      if (number == kNoValue) {
        text.clear();
        if (strings)
          block.texts(column).append_text(text, (*codes)[at]);
        else
          block.append_value_text(text, column, at);
        number = numbers.of(text);
      }
      values[row] = number;
    });
  }
  const std::vector<bool> null_shapes = block.shapes_with(field, true);
  if (!any(null_shapes)) return;
  const std::vector<uint32_t>& shapes = block.shapes();
  rows.for_each([&](size_t row) {
    if (values[row] == kNoValue && null_shapes[shapes[row]]) values[row] = numbers.of("null");
  });
}

void ValueTally::add_count(uint32_t number, uint64_t count) {
  if (number >= counts_.size()) counts_.resize(numbers_.size());
  counts_[number] += count;
}

// Where each event has one string of the field, or none, its codes are counted, and each text is looked at once. False
// if the block is not like that.
bool ValueTally::add_codes(Block& block, const std::string& field, const Bitmap& rows) {
  if (field == "message") return false;
  const std::vector<uint32_t> columns = block.find(field);
  if (columns.size() != 1 || !has_dictionary(block.header().columns[columns[0]])) return false;
  const ColumnRows& where = block.column_rows(columns[0]);
  if (!where.one_each() && any(block.shapes_with(field, true))) return false;
  TextColumn& texts = block.texts(columns[0]);
  const std::vector<uint32_t>& codes = block.codes(columns[0]);
  of_code_.assign(texts.size(), 0);
  uint32_t* const counts = of_code_.data();  // codes() has compared each code with their number
  uint64_t without = 0;
  if (where.one_each() && rows.count() == rows.rows())
    for (const uint32_t code : codes) ++counts[code];
  else
    rows.for_each([&](size_t row) {
      const size_t at = where.begin(row);
      if (at == where.begin(row + 1))
        ++without;
      else
        ++counts[codes[at]];
    });
  std::vector<std::pair<uint32_t, uint32_t>> found;  // number, count
  std::string text;
  for (uint32_t code = 0; code < of_code_.size(); ++code) {
    if (counts[code] == 0) continue;
    text.clear();
    texts.append_text(text, code);
    const uint32_t number = numbers_.of(text);
    if (number != kOtherValue) found.emplace_back(number, counts[code]);
  }
  for (const auto& [number, count] : found) add_count(number, count);
  without_ += without;
  return true;
}

void ValueTally::add(Block& block, const std::string& field, const Bitmap& rows) {
  if (add_codes(block, field, rows)) return;
  values_of_rows(block, field, rows, numbers_, values_);
  counts_.resize(numbers_.size());
  rows.for_each([&](size_t row) {
    if (values_[row] == kNoValue)
      ++without_;
    else if (values_[row] != kOtherValue)
      ++counts_[values_[row]];
  });
}

void ValueTally::add(const ValueTally& other) {
  other.each([&](std::string_view value, uint64_t count) {
    const uint32_t number = numbers_.of(value);
    if (number != kOtherValue) add_count(number, count);
  });
  without_ += other.without_;
}

void ValueTally::narrow(const ValueShare& share) {
  if (share == numbers_.share()) return;
  ValueTally rest(share);
  rest.add(*this);
  *this = std::move(rest);
}

void BucketCounts::add(Block& block, const Bitmap& rows, const Buckets& buckets, const std::string& field) {
  if (!field.empty()) values_of_rows(block, field, rows, numbers_, values_);
  const std::vector<int64_t>& times = block.times();
  counts_.resize(numbers_.size());
  without_.resize(buckets.count);
  const auto width = static_cast<uint64_t>(buckets.width);
  uint64_t bucket = 0, begin = 0;  // of the row before, most of which lie close together; begin is from the origin
  rows.for_each([&](size_t row) {
    if (times[row] < buckets.origin) return;
    const uint64_t time = static_cast<uint64_t>(times[row]) - static_cast<uint64_t>(buckets.origin);
    if (time - begin >= width) {
      bucket = time / width;
      begin = bucket * width;
    }
    if (bucket >= buckets.count) return;
    const uint32_t value = field.empty() ? kNoValue : values_[row];
    std::vector<uint64_t>& counts = value == kNoValue ? without_ : counts_[value];
    if (counts.empty()) {
      if (value != kNoValue && full()) return;
      if (value != kNoValue) cells_ += buckets.count + query::kSplitValueCells;
      counts.resize(buckets.count);
    }
    ++counts[bucket];
  });
}

void BucketCounts::add_to(std::map<std::string, std::vector<uint64_t>>& counts) const {
  const auto add = [&](std::string_view value, const std::vector<uint64_t>& more) {
    if (std::all_of(more.begin(), more.end(), [](uint64_t n) { return n == 0; })) return;
    std::vector<uint64_t>& total = counts[std::string(value)];
    total.resize(more.size());
    for (size_t i = 0; i < more.size(); ++i) total[i] += more[i];
  };
  for (size_t i = 0; i < counts_.size(); ++i) add(numbers_.name(i), counts_[i]);
  add("", without_);
}

}  // namespace alco::store
