#pragma once
// A run of bytes, compressed with zstd when that helps.
#include <string>
#include <string_view>

#include "lib/store/bytes.h"

namespace alco::store {

inline constexpr size_t kMaxStream = size_t{256} << 20;  // bytes of one stream when unpacked; more is damage

enum class Effort : unsigned char { fast, small };  // zstd -1 at ingest, -12 when merging

// Layout: varint raw size, varint packed size (0: the raw bytes follow), bytes. `like`: other bytes, which the reader
// has too; what stands there costs little.
void put_packed(std::string& out, std::string_view data, Effort effort, std::string_view like = {});

// The unpacked bytes: a view into `in` if they were not packed, else into `buffer`.
std::string_view get_packed(ByteReader& in, std::string& buffer, std::string_view like = {});
void skip_packed(ByteReader& in);

}  // namespace alco::store
