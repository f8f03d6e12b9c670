#pragma once
// Takes events and turns them into the bytes of a block.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "lib/event.h"
#include "lib/store/block_format.h"
#include "lib/store/segment_index.h"
#include "lib/store/store.h"
#include "lib/store/string_dictionary.h"
#include "lib/store/text_column.h"

namespace alco::store {

// What a segment's footer says of a block.
struct BlockSummary {
  uint64_t rows = 0;
  int64_t min_time = 0, max_time = 0;
  uint64_t min_id = 0, max_id = 0;  // relative to the segment's first id
};

class BlockBuilder {
 public:
  // Templates are shared by the blocks of a segment and outlive it.
  BlockBuilder(TemplateCollector& templates, size_t max_rows) : templates_(templates), max_rows_(max_rows) {}

  void add(const Event& event, uint64_t relative_id, const std::optional<MessageId>& message_id);

  // Removes the rows with one of these ids, which others have stored in the meantime; returns how many.
  uint64_t drop(const std::vector<MessageId>& sorted_ids);

  size_t rows() const { return times_.size(); }
  // False: it is for the next block. An empty one has room for any event within event_limits.h.
  bool has_room(const Event& event) const;
  size_t memory() const;

  // No more events: splits the distinct strings too. Call it before the templates become final.
  void seal();

  // After seal(), once the templates are final: what the index of the segment is to know of this block.
  void describe(SegmentIndexBuilder& index, const std::vector<FinalTemplate>& finals) const;

  // After seal(), once the templates are final. `body` is what goes behind the header.
  BlockSummary encode(BlockHeader& header, std::string& body, const std::vector<FinalTemplate>& finals, Effort effort);

 private:
  // Of whoever writes a new name in each event: a column takes memory and a place in the header.
  static constexpr size_t kMostColumns = 10'000;
  // Bounds of what a reader takes, which one event alone does not reach.
  static constexpr size_t kMostOps = 1 << 20;             // over all shapes
  static constexpr size_t kMostValues = 1 << 24;          // numbers and codes, of all columns
  static constexpr size_t kMostBytes = size_t{64} << 20;  // of texts, those that come again counted once
  static constexpr size_t kMostNames = size_t{64} << 20;  // bytes of paths and keys in the header

  struct Column {
    std::string path;
    Type type;
    bool is_message;
    bool ascii = true;
    std::vector<uint64_t> numbers;     // numbers; codes of strings
    StringDictionary dictionary;       // strings but messages; empty once sealed
    std::unique_ptr<TextBuffer> text;  // messages; distinct strings once sealed
    std::vector<uint64_t> hashes;      // of the distinct strings, for the index
  };
  struct Shape {
    uint64_t hash;
    std::vector<char> keys;  // storage of the ops' keys; never grows: moved, it keeps its place
    std::vector<ShapeOp> ops;
  };

  uint32_t shape_of(const Event& event);
  uint32_t new_shape(const Event& event, uint64_t hash);
  uint32_t column_for(const std::string& path, Type type, bool is_message);
  void add_value(Column& column, const Member& member, uint32_t prepared);
  StreamPlace place(std::string& body, std::string_view stream);
  void encode_column(std::string& body, Column& column, ColumnInfo& info, const std::vector<FinalTemplate>& finals,
                     Effort effort);
  void encode_codes(std::string& body, size_t index, std::vector<ColumnInfo>& infos, Effort effort);

  TemplateCollector& templates_;
  size_t max_rows_;
  std::vector<uint64_t> times_;  // from_signed()
  std::vector<uint64_t> ids_;
  std::vector<uint64_t> shape_of_row_;
  std::vector<MessageId> message_ids_;
  bool has_message_ids_ = false;
  bool first_appearance_ = true;  // codes are in that order: recency works
  std::vector<Shape> shapes_;
  std::vector<uint32_t> shape_slots_;  // by hash: shape + 1
  std::vector<Column> columns_;
  std::unordered_map<std::string, uint32_t> column_index_;
  size_t ops_ = 0, values_ = 0, bytes_ = 0, names_ = 0;  // as kMost... count them
  Tokens tokens_;                                        // of the message being added
  std::vector<uint32_t> prepared_;                       // of its members, by StringDictionary::prepare()
};

}  // namespace alco::store
