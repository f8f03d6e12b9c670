#include "lib/store/block_format.h"

#include <xxhash.h>

#include <algorithm>

namespace alco::store {
namespace {

constexpr size_t kMaxShapes = kMaxBlockRows;
constexpr uint8_t kMessageOp = 0x80;  // beside the type of an op or a column
constexpr uint8_t kNotAscii = 0x40;   // beside the type of a column

void put_place(std::string& out, const StreamPlace& place) {
  put_varint(out, place.size);
  if (place.size == 0) return;
  put_varint(out, place.offset);
  put_fixed32(out, place.checksum);
}

StreamPlace get_place(ByteReader& in) {
  StreamPlace place;
  place.size = in.varint();
  if (place.size == 0) return place;
  place.offset = in.varint();
  place.checksum = in.fixed32();
  return place;
}

Type get_type(uint8_t byte) {
  const uint8_t type = byte & 0x3f;
  if (type == 0 || type > static_cast<uint8_t>(Type::object_end)) throw Corrupt{"unknown type"};
  return static_cast<Type>(type);
}

bool is_string(Type type) { return type == Type::string || type == Type::raw; }

void put_column(std::string& out, const ColumnInfo& column) {
  out += static_cast<char>(static_cast<uint8_t>(column.type) | (column.is_message ? kMessageOp : 0) |
                           (column.ascii ? 0 : kNotAscii));
  put_string(out, column.path);
  put_varint(out, column.values);
  put_place(out, column.data);
  if (!is_string(column.type)) {
    put_varint(out, column.min);
    put_varint(out, column.max);
    return;
  }
  out += static_cast<char>(column.coding);
  if (column.coding == Coding::direct) return;
  put_varint(out, column.distinct);
  put_place(out, column.texts);
  put_place(out, column.filter);
}

ColumnInfo get_column(ByteReader& in) {
  ColumnInfo column;
  const uint8_t flags = in.byte();
  column.type = get_type(flags);
  column.is_message = flags & kMessageOp;
  column.ascii = !(flags & kNotAscii);
  column.path = in.string();
  column.values = in.varint();
  column.data = get_place(in);
  if (column.is_message && column.type != Type::string) throw Corrupt{"message of a wrong type"};
  if (!is_string(column.type)) {
    column.min = in.varint();
    column.max = in.varint();
    return column;
  }
  const uint8_t coding = in.byte();
  if (coding > static_cast<uint8_t>(Coding::recency)) throw Corrupt{"unknown coding of a column"};
  column.coding = static_cast<Coding>(coding);
  if (column.is_message != (column.coding == Coding::direct)) throw Corrupt{"wrong coding of a column"};
  if (column.coding == Coding::direct) return column;
  column.distinct = in.varint();
  column.texts = get_place(in);
  column.filter = get_place(in);
  return column;
}

}  // namespace

uint32_t checksum32(std::string_view data) { return static_cast<uint32_t>(XXH3_64bits(data.data(), data.size())); }

void put_block_header(std::string& out, const BlockHeader& header) {
  put_varint(out, header.rows);
  out += static_cast<char>(header.has_message_ids);
  put_place(out, header.times);
  put_place(out, header.ids);
  put_place(out, header.shapes);
  put_place(out, header.message_ids);
  put_varint(out, header.columns.size());
  for (const ColumnInfo& column : header.columns) put_column(out, column);
  put_varint(out, header.shape_list.size());
  for (const auto& shape : header.shape_list) {
    put_varint(out, shape.size());
    for (const ShapeOp& op : shape) {
      out += static_cast<char>(static_cast<uint8_t>(op.type) | (op.is_message ? kMessageOp : 0));
      if (op.type != Type::object_end && !op.is_message) put_string(out, op.key);
      if (op.has_column()) put_varint(out, op.column);
    }
  }
}

BlockHeader get_block_header(ByteReader in) {
  BlockHeader header;
  header.rows = in.count(kMaxBlockRows);
  header.has_message_ids = in.byte() != 0;
  header.times = get_place(in);
  header.ids = get_place(in);
  header.shapes = get_place(in);
  header.message_ids = get_place(in);
  const size_t columns = in.count(kMaxColumns);
  for (size_t i = 0; i < columns; ++i) header.columns.push_back(get_column(in));
  const size_t shapes = in.count(kMaxShapes);
  header.shape_list.resize(shapes);
  for (auto& shape : header.shape_list) {
    const size_t ops = in.count(std::min(kMaxOps, in.rest().size()));  // a byte each at least
    if ((header.ops += ops) > kMaxOps) throw Corrupt{"too many members"};
    shape.resize(ops);
    for (ShapeOp& op : shape) {
      const uint8_t flags = in.byte();
      op.type = get_type(flags);
      op.is_message = flags & kMessageOp;
      if (op.is_message && op.type != Type::string) throw Corrupt{"message of a wrong type"};
      if (op.is_message)
        op.key = "message";
      else if (op.type != Type::object_end)
        op.key = in.string();
      if (op.has_column()) {
        op.column = static_cast<uint32_t>(in.varint());
        if (op.column >= columns || header.columns[op.column].type != op.type ||
            header.columns[op.column].is_message != op.is_message)
          throw Corrupt{"member without a column"};
      }
    }
  }
  return header;
}

}  // namespace alco::store
