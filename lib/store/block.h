#pragma once
// One block of a segment, unpacked column by column as they are asked for. Not thread-safe.
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lib/store/block_format.h"
#include "lib/store/int_stream.h"
#include "lib/store/segment.h"
#include "lib/store/store.h"
#include "lib/store/text_column.h"

namespace alco::store {

// Which row each value of a column belongs to: only members that an event has take place in a column.
class ColumnRows {
 public:
  // `counts[shape]`: values that an event of this shape has in the column.
  ColumnRows(const std::vector<uint32_t>& shapes, const std::vector<uint32_t>& counts);
  explicit ColumnRows(size_t rows) : values_(rows) {}  // one each

  bool one_each() const { return one_each_; }  // value i belongs to row i
  size_t values() const { return values_; }
  // Values of `row` are [begin(row), begin(row + 1)).
  size_t begin(size_t row) const { return one_each_ ? row : begin_[row]; }

 private:
  bool one_each_ = true;
  size_t values_ = 0;
  std::vector<uint32_t> begin_;
};

// Where the values of a dotted path are in a block.
struct FieldColumns {
  bool message = false, time = false;
  std::vector<uint32_t> columns;
  std::vector<bool> null_in;  // shapes in which it is null; empty if there are none
};

class Block {
 public:
  // Reads the header only. Throws Corrupt, as does all else here, or Error(EX_IOERR).
  Block(std::shared_ptr<Segment> segment, size_t index);

  size_t rows() const { return header_.rows; }
  const BlockHeader& header() const { return header_; }
  const BlockInfo& info() const { return segment_->blocks()[index_]; }
  const std::shared_ptr<Segment>& segment() const { return segment_; }
  size_t index() const { return index_; }
  std::string name() const;  // "PATH block N", for messages

  const std::vector<int64_t>& times();
  void load_ids();          // then the two that follow throw nothing
  uint64_t id(size_t row);  // of the event, not relative
  uint64_t relative_id(size_t row);
  const std::vector<uint32_t>& shapes();
  uint32_t shape(size_t row);
  std::vector<MessageId> message_ids();  // empty if the block has none

  std::vector<uint32_t> find(std::string_view path) const;  // columns of that dotted path, all types

  // Which shapes have a leaf of that dotted path ("message": the message); with `only_null` one that is null.
  std::vector<bool> shapes_with(std::string_view path, bool only_null) const;

  const ColumnRows& column_rows(uint32_t column);
  const std::vector<uint64_t>& numbers(uint32_t column);  // as in BlockBuilder; not for strings
  const std::vector<uint32_t>& codes(uint32_t column);    // strings with a dictionary
  TextColumn& texts(uint32_t column);                     // the distinct strings, or with Coding::direct one a value
  std::string_view filter(uint32_t column);
  std::string_view distinct_text(uint32_t column, uint32_t code);  // made once, kept; valid as long as the block

  // The text of value `at` of the column, as query.h says.
  void append_value_text(std::string& out, uint32_t column, size_t at);
  void append_json(std::string& out, size_t row);
  // The event of a row, for writing it again. Views into the block and into `arena`, which is overwritten.
  void make_event(size_t row, Event& event, std::string& arena);
  FieldColumns field(std::string_view path) const;
  // The text of a field as a column (query.h); false and Type::absent if the event lacks it. Of several the first.
  bool append_field(std::string& out, size_t row, const FieldColumns& field, Type& type);
  bool append_message(std::string& out, size_t row);  // false if the event has none

  uint64_t bytes_read() const { return bytes_read_; }

 private:
  // The bytes of a stream of numbers and what finds few of them.
  struct PackedStream {
    PackedStream(std::string stored, size_t skip, size_t count)
        : bytes(std::move(stored)), numbers(std::string_view(bytes).substr(skip), count) {}
    std::string bytes;
    IntStream numbers;
  };
  struct Loaded {
    std::unique_ptr<ColumnRows> rows;
    std::vector<uint64_t> numbers;
    bool numbers_loaded = false;
    std::vector<uint32_t> codes;
    bool codes_loaded = false;
    std::unique_ptr<PackedStream> some;  // of the codes or the numbers, while few were asked for
    size_t asked = 0;
    std::string text_bytes;
    std::unique_ptr<TextColumn> texts;
    std::vector<int64_t> times;  // of the texts of messages, if not every row has one
    std::string filter;
    bool filter_loaded = false;
    std::vector<std::unique_ptr<std::string>> distinct;
    std::vector<std::string> quoted;  // distinct strings as JSON, made when first written
  };

  std::string read(const StreamPlace& place);
  void find_shapes_of_columns();
  uint64_t number(uint32_t column, size_t at);  // one of numbers()
  uint32_t code(uint32_t column, size_t at);    // one of codes()
  void load_reals(ByteReader& in, size_t count, std::vector<uint64_t>& out);
  void append_json_value(std::string& out, const ShapeOp& op, size_t at);
  std::span<const int64_t> message_times(uint32_t column);
  const std::vector<std::string>& json_prefixes(uint32_t shape);
  const std::string& quoted_text(uint32_t column, uint32_t code);

  std::shared_ptr<Segment> segment_;
  size_t index_;
  std::shared_ptr<const TemplateTable> templates_;  // of the segment, once it is needed
  std::string header_bytes_;
  BlockHeader header_;
  uint64_t bytes_read_ = 0;
  std::vector<int64_t> times_;
  std::unique_ptr<PackedStream> ids_;
  std::vector<uint32_t> shapes_;
  bool shapes_loaded_ = false;
  std::unique_ptr<PackedStream> some_shapes_;
  size_t shapes_asked_ = 0;
  std::vector<Loaded> loaded_;
  std::vector<std::vector<uint32_t>> shapes_of_columns_;  // by column, once for each member; if there are many
  std::vector<std::vector<std::string>> json_prefixes_;   // by shape and op: what goes before the value
};

}  // namespace alco::store
