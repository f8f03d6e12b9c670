#include <zlib.h>

#include "lib/delivery/amqp_payload.h"

namespace alco {
namespace {

constexpr size_t kStep = size_t{256} << 10;

struct Inflater {
  z_stream stream{};
  bool ready = false;
  Inflater() { ready = inflateInit2(&stream, 15 + 32) == Z_OK; }  // 32: gzip or zlib, told by the header
  ~Inflater() {
    if (ready) inflateEnd(&stream);
  }
};

}  // namespace

bool unpack(std::string_view packed, size_t limit, std::string& out, std::string& error) {
  Inflater inflater;
  error = "out of memory";
  if (!inflater.ready) return false;
  z_stream& stream = inflater.stream;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  out.clear();
  for (;;) {
    const size_t done = out.size();
    if (done > limit) {
      error = "more than " + std::to_string(limit) + " bytes when unpacked";
      return false;
    }
    out.resize(done + kStep);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + done);
    stream.avail_out = static_cast<uInt>(kStep);
    const int result = inflate(&stream, Z_NO_FLUSH);
    out.resize(out.size() - stream.avail_out);
    if (result == Z_STREAM_END) {
      if (stream.avail_in == 0) break;
      if (inflateReset(&stream) != Z_OK) return false;  // gzip may have several members
      continue;
    }
    if (result == Z_OK && (stream.avail_in > 0 || stream.avail_out == 0)) continue;
    error = result == Z_OK || result == Z_BUF_ERROR ? "cut short" : stream.msg ? stream.msg : "not gzip or zlib data";
    return false;
  }
  if (out.size() > limit) {
    error = "more than " + std::to_string(limit) + " bytes when unpacked";
    return false;
  }
  return true;
}

}  // namespace alco
