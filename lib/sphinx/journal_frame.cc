#include "lib/sphinx/journal_frame.h"

#include <xxhash.h>

#include <algorithm>

#include "lib/store/bytes.h"

namespace alco::sphinx {
namespace {

constexpr std::string_view kMagic = "ALCJ";

// A frame that is looked for behind damage is smaller than this, so the highest byte of its size is zero. No text of a
// row holds that byte: an event can't pretend to be a frame, nor have a sum taken over and over.
constexpr uint32_t kMostFound = uint32_t{1} << 24;

uint64_t checksum(std::string_view head, std::string_view payload) {
  return XXH3_64bits_withSeed(payload.data(), payload.size(), XXH3_64bits(head.data(), head.size()));
}

}  // namespace

void put_frame_header(std::string& frame, const FrameHeader& header) {
  std::string head(kMagic);
  store::put_fixed32(head, static_cast<uint32_t>(frame.size() - kFrameHeader));
  store::put_fixed32(head, header.rows);
  store::put_fixed32(head, static_cast<uint32_t>(header.form));
  store::put_fixed64(head, header.last_moment);
  store::put_fixed64(head, checksum(head, std::string_view(frame).substr(kFrameHeader)));
  frame.replace(0, kFrameHeader, head);
}

bool get_frame_header(std::string_view bytes, FrameHeader& header) {
  if (bytes.size() < kFrameHeader || !bytes.starts_with(kMagic)) return false;
  store::ByteReader in(bytes.substr(kMagic.size()));
  header.size = in.fixed32();
  header.rows = in.fixed32();
  header.form = static_cast<FrameForm>(in.fixed32());
  header.last_moment = in.fixed64();
  return header.form == FrameForm::packed || header.form == FrameForm::plain;
}

bool get_frame(std::string_view bytes, FrameHeader& header) {
  if (!get_frame_header(bytes, header) || bytes.size() - kFrameHeader < header.size) return false;
  store::ByteReader sum(bytes.substr(kFrameHeader - 8));
  return checksum(bytes.substr(0, kFrameHeader - 8), bytes.substr(kFrameHeader, header.size)) == sum.fixed64();
}

size_t find_frame(std::string_view bytes, size_t at, FrameHeader& header) {
  if (at < bytes.size() && get_frame(bytes.substr(at), header)) return at;
  while ((at = bytes.find(kMagic, at + 1)) != bytes.npos)
    if (get_frame_header(bytes.substr(at), header) && header.size < kMostFound && get_frame(bytes.substr(at), header))
      return at;
  return bytes.size();
}

}  // namespace alco::sphinx
