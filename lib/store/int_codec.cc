#include "lib/store/int_codec.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "lib/store/int_encoding.h"

namespace alco::store {
namespace {

using Values = std::span<const uint64_t>;

unsigned significant_bits(uint64_t value) { return 64 - static_cast<unsigned>(std::countl_zero(value)); }

void append_bits(std::string& out, Values values, const uint8_t* widths, unsigned width) {
  uint64_t pending = 0;
  unsigned used = 0;
  const size_t start = out.size();
  size_t bits = 0;
  if (widths)
    for (size_t i = 0; i < values.size(); ++i) bits += widths[i] > 0 ? widths[i] - 1u : 0;
  else
    bits = values.size() * width;
  out.resize(start + (bits + 7) / 8 + 8);
  char* at = out.data() + start;
  for (size_t i = 0; i < values.size(); ++i) {
    const unsigned count = widths ? (widths[i] > 0 ? widths[i] - 1u : 0) : width;
    if (count == 0) continue;
    const uint64_t value = count == 64 ? values[i] : values[i] & ((uint64_t{1} << count) - 1);
    pending |= value << used;
    if (used + count >= 64) {
      memcpy(at, &pending, 8);
      at += 8;
      pending = used == 0 ? 0 : value >> (64 - used);
      used = used + count - 64;
      if (used == 0) pending = 0;
    } else {
      used += count;
    }
  }
  memcpy(at, &pending, 8);
  out.resize(start + (bits + 7) / 8);
}

struct Profile {
  uint64_t min = std::numeric_limits<uint64_t>::max(), max = 0;
  double class_bits = 0;  // estimate for kClasses; not of range_of()
};

double entropy_bits(const std::array<uint32_t, 65>& counts, size_t total) {
  double bits = 0;
  for (uint32_t count : counts)
    if (count > 0) bits += count * std::log2(static_cast<double>(total) / count);
  return bits;
}

Profile range_of(Values values) {
  Profile result;
  for (uint64_t value : values) {
    result.min = std::min(result.min, value);
    result.max = std::max(result.max, value);
  }
  return result;
}

Profile profile(Values values, Profile result) {
  std::array<uint32_t, 65> counts{}, odd{};  // two, or equal classes would wait for each other
  size_t i = 0;
  for (; i + 1 < values.size(); i += 2) {
    ++counts[significant_bits(values[i] - result.min)];
    ++odd[significant_bits(values[i + 1] - result.min)];
  }
  if (i < values.size()) ++counts[significant_bits(values[i] - result.min)];
  for (size_t c = 0; c <= 64; ++c) counts[c] += odd[c];
  result.class_bits = entropy_bits(counts, values.size());
  for (unsigned c = 1; c <= 64; ++c) result.class_bits += static_cast<double>(counts[c]) * (c - 1);
  return result;
}

// Distinct values by falling frequency and the code of each value; false if there are too many to gain anything.
bool make_dictionary(Values values, std::vector<uint64_t>& distinct, std::vector<uint64_t>& codes) {
  constexpr size_t kEarly = 8192;  // when hardly a value has come again by then, few ones will
  const size_t most = std::min<size_t>(values.size() / 3, 1 << 16);
  const size_t slots = std::bit_ceil(most * 2 + 2);
  struct Slot {
    uint64_t value;
    uint32_t count = 0;
    uint32_t code = 0;
  };
  std::vector<Slot> table(slots);
  std::vector<uint32_t> used, where(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    size_t at = (values[i] * 0x9e3779b97f4a7c15u) >> (64 - std::countr_zero(slots));
    while (table[at].count != 0 && table[at].value != values[i]) at = (at + 1) & (slots - 1);
    if (table[at].count++ == 0) {
      if (used.size() == most || (i >= kEarly && i < kEarly * 2 && used.size() > kEarly / 4 * 3)) return false;
      table[at].value = values[i];
      used.push_back(static_cast<uint32_t>(at));
    }
    where[i] = static_cast<uint32_t>(at);
  }
  std::stable_sort(used.begin(), used.end(), [&](uint32_t a, uint32_t b) { return table[a].count > table[b].count; });
  for (size_t code = 0; code < used.size(); ++code) {
    table[used[code]].code = static_cast<uint32_t>(code);
    distinct.push_back(table[used[code]].value);
  }
  codes.reserve(values.size());
  for (uint32_t at : where) codes.push_back(table[at].code);
  return true;
}

double packed_bits(const Profile& p, size_t count) {
  return static_cast<double>(significant_bits(p.max - p.min)) * static_cast<double>(count);
}

void put_packed_ints(std::string& out, Values values, const Profile& p) {
  const unsigned width = significant_bits(p.max - p.min);
  put_varint(out, p.min);
  out += static_cast<char>(width);
  if (p.min == 0) {
    append_bits(out, values, nullptr, width);
    return;
  }
  std::vector<uint64_t> shifted(values.begin(), values.end());
  for (uint64_t& value : shifted) value -= p.min;
  append_bits(out, shifted, nullptr, width);
}

void put_classes(std::string& out, Values values, const Profile& p, Effort effort) {
  std::vector<uint64_t> shifted(values.begin(), values.end());
  std::string classes(values.size(), '\0');
  for (size_t i = 0; i < values.size(); ++i) {
    shifted[i] -= p.min;
    classes[i] = static_cast<char>(significant_bits(shifted[i]));
  }
  put_varint(out, p.min);
  put_packed(out, classes, effort);
  append_bits(out, shifted, reinterpret_cast<const uint8_t*>(classes.data()), 0);
}

void put_bytes(std::string& out, Values values, Effort effort) {
  std::string bytes(values.size(), '\0');
  for (size_t i = 0; i < values.size(); ++i) bytes[i] = static_cast<char>(values[i]);
  put_packed(out, bytes, effort);
}

// About the share of values that stand where the same four stood before.
double repeated_share(Values values) {
  constexpr size_t kWindow = 4;
  constexpr size_t kOneIn = 8;
  constexpr size_t kLookedAt = 24'576;
  if (values.size() < 256) return 0;
  values = values.first(std::min(values.size(), kLookedAt));
  const size_t slots = std::bit_ceil(values.size() / kOneIn * 2 + 2);
  std::vector<uint32_t> seen(slots);
  size_t looked = 0, found = 0;
  uint64_t hash = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    hash = (hash << (64 / kWindow)) + values[i] * 0x9e3779b97f4a7c15u;  // what is older than the window is shifted out
    const uint64_t mixed = hash * 0xd6e8feb86659fd93u;
    if (i + 1 < kWindow || mixed >> 61 != 0) continue;
    const auto mark = static_cast<uint32_t>(mixed >> 8) | 1;
    uint32_t& slot = seen[(mixed >> 24) & (slots - 1)];
    ++looked;
    found += slot == mark;
    slot = mark;
  }
  return looked == 0 ? 0 : static_cast<double>(found) / static_cast<double>(looked);
}

void put_wide(std::string& out, Values values, const Profile& p, Effort effort) {
  const unsigned width = (significant_bits(p.max - p.min) + 7) / 8;
  std::string bytes(values.size() * width + 8, '\0');
  char* at = bytes.data();
  for (uint64_t value : values) {
    value -= p.min;
    memcpy(at, &value, 8);
    at += width;
  }
  bytes.resize(values.size() * width);
  put_varint(out, p.min);
  out += static_cast<char>(width);
  put_packed(out, bytes, effort);
}

bool is_sequence(Values values) {
  const uint64_t step = values[1] - values[0];
  for (size_t i = 2; i < values.size(); ++i)
    if (values[i] - values[i - 1] != step) return false;
  return true;
}

constexpr size_t kTinyArray = 16;         // too short for anything but packed
constexpr double kClassesOverhead = 160;  // bits: headers, and zstd's table

template <class T>
void get_ints_as(ByteReader& in, size_t count, std::vector<T>& out, int depth);

template <class T>
T narrow(uint64_t value) {
  if constexpr (sizeof(T) < 8)
    if (value > std::numeric_limits<T>::max()) throw Corrupt{"number out of range"};
  return static_cast<T>(value);
}

template <class T>
void get_classes(ByteReader& in, std::vector<T>& out) {
  const uint64_t min = in.varint();
  std::string buffer;
  const std::string_view classes = get_packed(in, buffer);
  if (classes.size() != out.size()) throw Corrupt{"wrong number of values"};
  size_t bits = 0;
  for (char c : classes) {
    const auto width = static_cast<uint8_t>(c);
    if (width > 64) throw Corrupt{"number too wide"};
    bits += width > 0 ? width - 1u : 0;
  }
  const std::string_view data = in.bytes((bits + 7) / 8);
  BitReader reader(data.data(), data.size());
  for (size_t i = 0; i < out.size(); ++i) {
    const auto width = static_cast<uint8_t>(classes[i]);
    const uint64_t value = width == 0 ? 0 : (uint64_t{1} << (width - 1)) | reader.take(width - 1u);
    out[i] = narrow<T>(value + min);
  }
}

template <class T>
void get_packed_ints(ByteReader& in, std::vector<T>& out) {
  const uint64_t min = in.varint();
  const unsigned width = in.byte();
  if (width > 64) throw Corrupt{"number too wide"};
  const std::string_view data = in.bytes((out.size() * width + 7) / 8);
  BitReader reader(data.data(), data.size());
  for (T& value : out) value = narrow<T>(reader.take(width) + min);
}

template <class T>
void get_wide(ByteReader& in, std::vector<T>& out) {
  const uint64_t min = in.varint();
  const unsigned width = in.byte();
  if (width == 0 || width > 8) throw Corrupt{"number too wide"};
  std::string buffer;
  const std::string_view bytes = get_packed(in, buffer);
  if (bytes.size() != out.size() * width) throw Corrupt{"wrong number of values"};
  const char* at = bytes.data();
  for (T& slot : out) {
    uint64_t value = 0;
    memcpy(&value, at, width);
    slot = narrow<T>(value + min);
    at += width;
  }
}

template <class T>
void get_dictionary(ByteReader& in, std::vector<T>& out, int depth) {
  const size_t size = in.count(out.size());
  std::vector<uint64_t> distinct;
  std::vector<uint32_t> codes;
  get_ints_as(in, size, distinct, depth + 1);
  get_ints_as(in, out.size(), codes, depth + 1);
  for (size_t i = 0; i < out.size(); ++i) {
    if (codes[i] >= size) throw Corrupt{"code out of range"};
    out[i] = narrow<T>(distinct[codes[i]]);
  }
}

template <class T>
void get_plain(ByteReader& in, uint8_t encoding, std::vector<T>& out, int depth) {
  switch (encoding) {
    case kConstant: {
      const T value = narrow<T>(in.varint());
      std::fill(out.begin(), out.end(), value);
      return;
    }
    case kSequence: {
      uint64_t value = in.varint();
      const auto step = static_cast<uint64_t>(in.signed_varint());
      for (T& slot : out) {
        slot = narrow<T>(value);
        value += step;
      }
      return;
    }
    case kBytes: {
      std::string buffer;
      const std::string_view bytes = get_packed(in, buffer);
      if (bytes.size() != out.size()) throw Corrupt{"wrong number of values"};
      for (size_t i = 0; i < out.size(); ++i) out[i] = static_cast<uint8_t>(bytes[i]);
      return;
    }
    case kPacked:
      return get_packed_ints(in, out);
    case kClasses:
      return get_classes(in, out);
    case kDictionary:
      return get_dictionary(in, out, depth);
    case kWide:
      return get_wide(in, out);
    default:
      throw Corrupt{"unknown encoding of numbers"};
  }
}

template <class T>
void get_ints_as(ByteReader& in, size_t count, std::vector<T>& out, int depth) {
  if (depth > 4) throw Corrupt{"dictionaries nested too deep"};
  out.resize(count);
  if (count == 0) return;
  const uint8_t encoding = in.byte();
  if (!(encoding & kDelta)) return get_plain(in, encoding, out, depth);
  uint64_t value = in.varint();
  if constexpr (sizeof(T) == 8) {  // in place
    out.resize(count - 1);
    if (count > 1) get_plain(in, static_cast<uint8_t>(encoding & ~kDelta), out, depth);
    for (T& slot : out) {
      const uint64_t next = value + static_cast<uint64_t>(unzigzag(slot));
      slot = std::exchange(value, next);
    }
    out.push_back(value);
    return;
  }
  std::vector<uint64_t> deltas(count - 1);
  if (count > 1) get_plain(in, static_cast<uint8_t>(encoding & ~kDelta), deltas, depth);
  out[0] = narrow<T>(value);
  for (size_t i = 1; i < count; ++i) out[i] = narrow<T>(value += static_cast<uint64_t>(unzigzag(deltas[i - 1])));
}

}  // namespace

namespace {

// Values, or their differences, that come again in the same order: true if they were written. `best` in bits, of the
// other encodings.
bool put_repeating(std::string& out, Values values, const Profile& plain, Values deltas, const Profile& delta,
                   double best, Effort effort) {
  constexpr double kEnough = 0.3;
  const double share = repeated_share(values), delta_share = share < kEnough ? repeated_share(deltas) : 0;
  if (std::max(share, delta_share) < kEnough) return false;
  std::string wide;
  if (share >= delta_share) {
    wide += static_cast<char>(kWide);
    put_wide(wide, values, plain, effort);
  } else {
    wide += static_cast<char>(kWide | kDelta);
    put_varint(wide, values[0]);
    put_wide(wide, deltas, delta, effort);
  }
  if (static_cast<double>(wide.size()) * 8 > best * 0.95) return false;
  out += wide;
  return true;
}

}  // namespace

namespace {

// The codes of a dictionary gain nothing by another one, which would have the same codes.
enum class Dictionary : bool { never, allowed };

void put_ints_as(std::string& out, Values values, Effort effort, Dictionary dictionary) {
  if (values.empty()) return;
  Profile plain = range_of(values);
  if (plain.min == plain.max) {
    out += static_cast<char>(kConstant);
    put_varint(out, plain.min);
    return;
  }
  if (values.size() > 2 && is_sequence(values)) {
    out += static_cast<char>(kSequence);
    put_varint(out, values[0]);
    put_signed(out, static_cast<int64_t>(values[1] - values[0]));
    return;
  }
  if (values.size() < kTinyArray) {
    out += static_cast<char>(kPacked);
    put_packed_ints(out, values, plain);
    return;
  }
  if (plain.max < 256) {
    out += static_cast<char>(kBytes);
    put_bytes(out, values, effort);
    return;
  }
  std::vector<uint64_t> deltas(values.size() - 1);
  for (size_t i = 1; i < values.size(); ++i) deltas[i - 1] = zigzag(static_cast<int64_t>(values[i] - values[i - 1]));
  plain = profile(values, plain);
  const Profile delta = profile(deltas, range_of(deltas));
  const double delta_bits = delta.class_bits + 64 + kClassesOverhead;
  const double packed = packed_bits(plain, values.size());
  const double classes = plain.class_bits + kClassesOverhead;
  const double best = std::min({packed, classes, delta_bits});
  if (put_repeating(out, values, plain, deltas, delta, best, effort)) return;

  std::vector<uint64_t> distinct, codes;
  if (dictionary == Dictionary::allowed && best > static_cast<double>(values.size()) &&
      make_dictionary(values, distinct, codes)) {
    const Profile coded = profile(codes, range_of(codes));
    const double width = std::log2(static_cast<double>(distinct.size())) * 0.97;  // zstd finds some skew
    const double code_bits = std::min(coded.class_bits, static_cast<double>(values.size()) * width);
    const double distinct_bits = packed_bits(plain, distinct.size());
    if (code_bits + distinct_bits < best * 0.95) {
      out += static_cast<char>(kDictionary);
      put_varint(out, distinct.size());
      put_ints_as(out, distinct, effort, Dictionary::never);
      put_ints_as(out, codes, effort, Dictionary::never);
      return;
    }
  }
  if (delta_bits < std::min(packed, classes)) {
    const bool small = delta.max < 256;
    out += static_cast<char>((small ? kBytes : kClasses) | kDelta);
    put_varint(out, values[0]);
    if (small)
      put_bytes(out, deltas, effort);
    else
      put_classes(out, deltas, delta, effort);
  } else if (packed <= classes * 1.01) {
    out += static_cast<char>(kPacked);
    put_packed_ints(out, values, plain);
  } else {
    out += static_cast<char>(kClasses);
    put_classes(out, values, plain, effort);
  }
}

}  // namespace

void put_ints(std::string& out, Values values, Effort effort) { put_ints_as(out, values, effort, Dictionary::allowed); }

void get_ints(ByteReader& in, size_t count, std::vector<uint64_t>& out) { get_ints_as(in, count, out, 0); }
void get_ints(ByteReader& in, size_t count, std::vector<uint32_t>& out) { get_ints_as(in, count, out, 0); }

}  // namespace alco::store
