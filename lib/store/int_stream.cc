#include "lib/store/int_stream.h"

#include "lib/store/compress.h"
#include "lib/store/int_codec.h"
#include "lib/store/int_encoding.h"

namespace alco::store {
namespace {

constexpr size_t kStep = 64;
constexpr int kMostNested = 4;

unsigned bits_of_class(char c) {
  const auto width = static_cast<uint8_t>(c);
  return width > 0 ? width - 1u : 0;
}

}  // namespace

IntStream::IntStream(ByteReader in, std::string_view encoded, size_t count, int depth) : count_(count) {
  if (depth > kMostNested) throw Corrupt{"dictionaries nested too deep"};
  if (count == 0) return;
  encoding_ = in.byte();
  switch (encoding_) {
    case kConstant:
      first_ = in.varint();
      return;
    case kSequence:
      first_ = in.varint();
      step_ = static_cast<uint64_t>(in.signed_varint());
      return;
    case kBytes:
      width_ = 1;
      bytes_ = get_packed(in, buffer_);
      break;
    case kPacked:
      first_ = in.varint();
      width_ = in.byte();
      if (width_ > 64) throw Corrupt{"number too wide"};
      bits_ = in.bytes((count * width_ + 7) / 8);
      return;
    case kClasses:
      read_classes(in);
      return;
    case kDictionary:
      read_dictionary(in, depth);
      return;
    case kWide:
      first_ = in.varint();
      width_ = in.byte();
      if (width_ == 0 || width_ > 8) throw Corrupt{"number too wide"};
      bytes_ = get_packed(in, buffer_);
      break;
    default: {  // differences: each value needs all before it
      ByteReader all(encoded);
      get_ints(all, count, values_);
      return;
    }
  }
  if (bytes_.size() != count * width_) throw Corrupt{"wrong number of values"};
}

void IntStream::read_classes(ByteReader& in) {
  first_ = in.varint();
  bytes_ = get_packed(in, buffer_);
  if (bytes_.size() != count_) throw Corrupt{"wrong number of values"};
  uint64_t bits = 0;
  bits_before_.reserve(count_ / kStep + 1);
  for (size_t i = 0; i < count_; ++i) {
    if (i % kStep == 0) bits_before_.push_back(static_cast<uint32_t>(bits));
    if (static_cast<uint8_t>(bytes_[i]) > 64) throw Corrupt{"number too wide"};
    bits += bits_of_class(bytes_[i]);
  }
  if (bits > 0xffffffff) throw Corrupt{"too many bits"};
  bits_ = in.bytes((bits + 7) / 8);
}

void IntStream::read_dictionary(ByteReader& in, int depth) {
  const size_t size = in.count(count_);
  get_ints(in, size, values_);
  const std::string_view rest = in.rest();
  codes_.reset(new IntStream(ByteReader(rest), rest, count_, depth + 1));
}

uint64_t IntStream::class_at(size_t i) const {
  size_t before = bits_before_[i / kStep];
  for (size_t at = i / kStep * kStep; at < i; ++at) before += bits_of_class(bytes_[at]);
  const auto width = static_cast<uint8_t>(bytes_[i]);
  if (width == 0) return first_;
  return first_ + ((uint64_t{1} << (width - 1)) | BitReader(bits_.data(), bits_.size(), before).take(width - 1u));
}

void IntStream::check() const {
  if (!codes_) return;
  codes_->check();
  for (size_t i = 0; i < count_; ++i) at(i);
}

uint64_t IntStream::at(size_t i) const {
  switch (encoding_) {
    case kConstant:
    case kSequence:
      return first_ + i * step_;
    case kBytes:
      return static_cast<uint8_t>(bytes_[i]);
    case kPacked:
      return first_ + BitReader(bits_.data(), bits_.size(), i * width_).take(width_);
    case kClasses:
      return class_at(i);
    case kDictionary: {
      const uint64_t code = codes_->at(i);
      if (code >= values_.size()) throw Corrupt{"code out of range"};
      return values_[code];
    }
    case kWide: {
      uint64_t value = 0;
      memcpy(&value, bytes_.data() + i * width_, width_);
      return first_ + value;
    }
    default:
      return values_[i];
  }
}

}  // namespace alco::store
