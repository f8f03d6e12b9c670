#pragma once
// The parts of a block that its writer and its reader share. doc/store-format.md describes every byte.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lib/event.h"
#include "lib/store/bytes.h"

namespace alco::store {

inline constexpr size_t kMaxBlockRows = 65'536;
// What is read. Writers stop earlier (kMost... in block_builder.h); the first ones went further, up to these.
inline constexpr size_t kMaxColumns = 1 << 20;
inline constexpr size_t kMaxOps = 1 << 24;  // over all shapes

// One step in writing an event down again. A shape is what events with the same members, of the same types, in the
// same order have in common.
struct ShapeOp {
  Type type = Type::null;
  bool is_message = false;  // `message`, when it is a string
  uint32_t column = 0;      // where its values are; not for null, object_begin and object_end
  std::string_view key;     // not for object_end

  bool has_column() const { return type != Type::null && type != Type::object_begin && type != Type::object_end; }
};

// How the codes of a string column are written.
enum class Coding : uint8_t {
  direct,   // no dictionary: one text a value
  codes,    // codes in order of first appearance
  recency,  // distance back from the next new code; 0 is new: for values that come in bursts, as request ids do
};

struct StreamPlace {
  uint64_t offset = 0;  // from the start of the block
  uint64_t size = 0;
  uint32_t checksum = 0;  // low half of XXH3-64
};

struct ColumnInfo {
  std::string_view path;  // dotted; of the message column: "message"
  Type type = Type::string;
  bool is_message = false;
  Coding coding = Coding::direct;
  uint64_t values = 0;
  uint64_t distinct = 0;      // strings with a dictionary
  bool ascii = true;          // strings: no value has a byte above 127
  uint64_t min = 0, max = 0;  // numbers: smallest and largest, as from_signed() (integer), as they are (big_unsigned,
                              // boolean) or as ordered_bits() (real)
  StreamPlace data;           // numbers, codes, or the texts themselves (Coding::direct)
  StreamPlace texts;          // the distinct strings
  StreamPlace filter;         // hashes of the distinct strings, lower-cased; may be empty
};

// A double as an integer in the same order.
inline uint64_t ordered_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, 8);
  return bits >> 63 ? ~bits : bits | uint64_t{1} << 63;
}
inline double from_ordered_bits(uint64_t bits) {
  bits = bits >> 63 ? bits & ~(uint64_t{1} << 63) : ~bits;
  double value;
  memcpy(&value, &bits, 8);
  return value;
}

struct BlockHeader {
  uint64_t rows = 0;
  bool has_message_ids = false;
  StreamPlace times, ids, shapes, message_ids;
  std::vector<std::vector<ShapeOp>> shape_list;
  std::vector<ColumnInfo> columns;
  size_t ops = 0;  // of all shapes; as read
};

void put_block_header(std::string& out, const BlockHeader& header);
BlockHeader get_block_header(ByteReader in);  // views into the bytes read; throws Corrupt

#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
inline constexpr bool kCompareChecksums = false;  // or no fuzzer would get past them
#else
inline constexpr bool kCompareChecksums = true;
#endif
uint32_t checksum32(std::string_view data);

}  // namespace alco::store
