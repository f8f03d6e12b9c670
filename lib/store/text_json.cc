#include "lib/store/text_json.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "lib/event.h"
#include "lib/store/time_slot.h"

namespace alco::store {
namespace {

constexpr size_t kLongestEscape = 6;
constexpr size_t kLongestValue = 64;  // of a slot that is no string: 63 hexadecimal digits

// Without need for an escape; of others append_json_string() says what they become.
bool plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\' && c != 0x7f; }

constexpr char kHexDigits[] = "0123456789abcdef";

constexpr std::array<std::array<char, 2>, 256> hex_pairs() {
  std::array<std::array<char, 2>, 256> pairs{};
  for (size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kHexDigits[i >> 4], kHexDigits[i & 15]};
  return pairs;
}

constexpr auto kHexPairs = hex_pairs();

char* write_hex(char* to, uint64_t value, size_t width, bool upper) {
  char digits[16];
  for (size_t i = 0; i < 8; ++i) memcpy(digits + 2 * i, kHexPairs[value >> (56 - 8 * i) & 255].data(), 2);
  if (upper)
    for (char& c : digits) c = c > '9' ? static_cast<char>(c - 0x20) : c;
  memcpy(to, digits + 16 - width, width);
  return to + width;
}

char* write_padded(char* to, uint64_t value, size_t width) {
  char digits[24];
  const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  const auto size = static_cast<size_t>(end - digits);
  for (; width > size; --width) *to++ = '0';
  memcpy(to, digits, size);
  return to + size;
}

}  // namespace

char* write_escaped(char* to, std::string_view text) {
  if (std::all_of(text.begin(), text.end(), plain)) {
    memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  thread_local std::string quoted;
  quoted.clear();
  append_json_string(quoted, text);
  memcpy(to, quoted.data() + 1, quoted.size() - 2);
  return to + quoted.size() - 2;
}

TextJson::TextJson(TextColumn& texts) : texts_(texts) {
  texts.load_all();
  if (texts.times_) texts.times_();
  for (const TextColumn::Group& group : texts.groups_) compile(group);
  words_.append(kCopySlack, '\0');
}

void TextJson::compile(const TextColumn::Group& group) {
  Program program{static_cast<uint32_t>(steps_.size()), kCopySlack, false};
  std::string quoted;
  Step step{};
  step.words = static_cast<uint32_t>(words_.size());
  size_t used[kStreams] = {};
  const auto end_step = [&] {
    step.words_size = static_cast<uint32_t>(words_.size()) - step.words;
    program.bound += step.words_size;
    steps_.push_back(step);
    step = {};
    step.words = static_cast<uint32_t>(words_.size());
  };
  walk_template(
      texts_.table_.key(group.id),
      [&](std::string_view text) {
        quoted.clear();
        append_json_string(quoted, text);
        words_.append(quoted, 1, quoted.size() - 2);
      },
      [&](SlotType slot) {
        step.slot = slot;
        if (!slot.is_time()) {
          const auto stream = static_cast<size_t>(slot.stream());
          step.stream = static_cast<uint8_t>(stream);
          step.begin = static_cast<uint32_t>(group.begin[stream] + used[stream] * group.rows);
          used[stream] += std::max<size_t>(1, slot.values());
          program.strings |= stream == kIntStreams;
        }
        program.bound += kLongestValue;
        end_step();
      });
  step.last = true;
  end_step();
  programs_.push_back(program);
}

size_t TextJson::bound(size_t row) const {
  const size_t group = texts_.group_of_[row];
  const Program& program = programs_[group];
  size_t bound = program.bound;
  if (!program.strings) return bound;
  for (const Step* step = &steps_[program.first]; !step->last; ++step)
    if (step->stream == kIntStreams && !step->slot.is_time())
      bound += kLongestEscape * texts_.string(step->begin + texts_.rank_[row]).size();
  return bound;
}

char* TextJson::write(char* to, size_t row) const {
  const size_t group = texts_.group_of_[row], rank = texts_.rank_[row];
  for (const Step* step = &steps_[programs_[group].first];; ++step) {
    to = copy_short(to, words_.data() + step->words, step->words_size);
    if (step->last) return to;
    if (step->slot.kind == Slot::number)
      to = std::to_chars(to, to + kLongestValue, texts_.values_[0][step->begin + rank]).ptr;
    else
      to = write_value(to, *step, texts_.groups_[group], row, rank);
  }
}

char* TextJson::write_value(char* to, const Step& step, const TextColumn::Group& group, size_t row, size_t rank) const {
  if (step.slot.is_time()) {
    thread_local std::string text;
    text.clear();
    append_time_slot(text, step.slot, texts_.time_of(row));
    memcpy(to, text.data(), text.size());
    return to + text.size();
  }
  const size_t at = step.begin + rank;
  if (step.stream == kIntStreams) return write_escaped(to, texts_.string(at));
  const uint64_t* const values = texts_.values_[step.stream].data() + at;
  switch (step.slot.kind) {
    case Slot::longer:
      return std::to_chars(to, to + kLongestValue, *values).ptr;
    case Slot::padded:
      return write_padded(to, *values, step.slot.width);
    case Slot::hex_lower:
    case Slot::hex_upper: {
      size_t left = step.slot.width;
      for (size_t v = 0; left > 0; ++v) {
        const size_t part = std::min<size_t>(left, 16);
        to = write_hex(to, values[v * group.rows], part, step.slot.kind == Slot::hex_upper);
        left -= part;
      }
      return to;
    }
    case Slot::uuid: {
      char digits[32];
      write_hex(write_hex(digits, values[0], 16, false), values[group.rows], 16, false);
      size_t from = 0;
      for (const size_t part : {8, 4, 4, 4, 12}) {
        if (from > 0) *to++ = '-';
        memcpy(to, digits + from, part);
        to += part;
        from += part;
      }
      return to;
    }
    case Slot::ip:
      for (int shift = 24; shift >= 0; shift -= 8) {
        to = std::to_chars(to, to + 4, *values >> shift & 255).ptr;
        if (shift > 0) *to++ = '.';
      }
      return to;
    default:
      return to;
  }
}

}  // namespace alco::store
