#pragma once
// Many events of a block as JSON. What Block::append_json() finds out for each event anew is made ready once: names,
// constants and strings as they stand in JSON, templates as their words and the places of their values.
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "lib/store/block.h"
#include "lib/store/text_json.h"

namespace alco::store {

// Lines of JSON, each with its '\n'.
struct JsonLines {
  std::unique_ptr<char[]> text;
  size_t capacity = 0;
  std::vector<size_t> ends;  // of each

  size_t size() const { return ends.empty() ? 0 : ends.back(); }
  size_t begin(size_t line) const { return line == 0 ? 0 : ends[line - 1]; }
  // Of the lines [first, last).
  std::string_view view(size_t first, size_t last) const {
    return {text.get() + begin(first), begin(last) - begin(first)};
  }
};

class BlockJson {
 public:
  // Unpacks the block, which must outlive it. Throws Corrupt.
  explicit BlockJson(Block& block);

  // The events of these rows. Several threads may call it while nobody uses the block. Throws Corrupt.
  JsonLines lines(std::span<const uint32_t> rows) const;

 private:
  enum class Value : uint8_t { none, boolean, integer, big_unsigned, real, coded, text };
  struct Column {
    const ColumnRows* rows = nullptr;
    const uint64_t* numbers = nullptr;
    const uint32_t* codes = nullptr;
    std::unique_ptr<TextJson> texts;
    std::vector<uint32_t> ends;  // of coded strings, in `strings`
    std::unique_ptr<char[]> strings;
    size_t longest = 0;    // value
    std::string constant;  // if all values are the same
  };
  struct Field {
    uint32_t words, words_size;  // before the value, in words_
    uint32_t column, nth;        // of several in the event
    Value value;
  };
  struct Shape {
    uint32_t first = 0, fields = 0;  // in fields_
    size_t bound = 0;                // bytes of an event, without texts
    bool texts = false;
  };

  void load(Block& block, uint32_t column);
  void load_strings(TextColumn& texts, bool quotes, Column& column);
  void compile(const BlockHeader& header, const std::vector<ShapeOp>& ops);
  size_t bound(const Shape& shape, uint32_t row) const;
  char* write(char* to, const Field& field, uint32_t row) const;

  const int64_t* times_;
  const uint32_t* shape_of_;
  std::deque<Column> columns_;
  std::vector<Field> fields_;
  std::vector<Shape> shapes_;
  std::string words_;
};

}  // namespace alco::store
