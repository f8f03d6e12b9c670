#include "lib/store/compress.h"

#include <zstd.h>

#include <memory>
#include <new>

namespace alco::store {
namespace {

constexpr int kFastLevel = 1;
constexpr int kSmallLevel = 12;
constexpr size_t kNotWorthIt = 32;  // below this a zstd frame gains nothing

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx* compressor() {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(ZSTD_createCCtx());
  if (!context) throw std::bad_alloc();
  return context.get();
}

ZSTD_DCtx* decompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(ZSTD_createDCtx());
  if (!context) throw std::bad_alloc();
  return context.get();
}

}  // namespace

void put_packed(std::string& out, std::string_view data, Effort effort, std::string_view like) {
  put_varint(out, data.size());
  if (data.size() >= kNotWorthIt) {
    thread_local std::string packed;
    packed.resize(ZSTD_compressBound(data.size()));
    ZSTD_CCtx* context = compressor();
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, effort == Effort::fast ? kFastLevel : kSmallLevel);
    if (!like.empty()) ZSTD_CCtx_refPrefix(context, like.data(), like.size());
    const size_t size = ZSTD_compress2(context, packed.data(), packed.size(), data.data(), data.size());
    if (!ZSTD_isError(size) && size + 2 < data.size()) {
      put_varint(out, size);
      out.append(packed, 0, size);
      return;
    }
  }
  put_varint(out, 0);
  out += data;
}

std::string_view get_packed(ByteReader& in, std::string& buffer, std::string_view like) {
  const size_t raw_size = in.count(kMaxStream);
  const uint64_t packed_size = in.varint();
  if (packed_size == 0) return in.bytes(raw_size);
  const std::string_view packed = in.bytes(packed_size);
  buffer.resize(raw_size);
  ZSTD_DCtx* context = decompressor();
  if (!like.empty()) ZSTD_DCtx_refPrefix(context, like.data(), like.size());
  const size_t size = ZSTD_decompressDCtx(context, buffer.data(), raw_size, packed.data(), packed.size());
  if (ZSTD_isError(size) || size != raw_size) throw Corrupt{"zstd stream is damaged"};
  return buffer;
}

void skip_packed(ByteReader& in) {
  const uint64_t raw_size = in.varint();
  const uint64_t packed_size = in.varint();
  in.bytes(packed_size == 0 ? raw_size : packed_size);
}

}  // namespace alco::store
