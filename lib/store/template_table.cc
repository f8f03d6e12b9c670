#include "lib/store/template_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/store/int_codec.h"

namespace alco::store {
namespace {

constexpr size_t kMostTemplates = size_t{1} << 20;    // that are written, with that of whole texts
constexpr size_t kMaxTemplates = kMostTemplates + 1;  // that are read: there was room for it beside the others
constexpr size_t kFirstSlots = 1024;
constexpr uint32_t kRefused = ~uint32_t{0};
constexpr size_t kPieceBytes = 32 << 10;  // of template text that is packed, and unpacked, at a time
constexpr std::string_view kSeparator{"\xff\xfe", 2};

uint32_t hash_of(std::string_view key) { return static_cast<uint32_t>(XXH3_64bits(key.data(), key.size())); }

// The template with the values that never change written into its words.
std::string expand(std::string_view key, const uint64_t* values, const uint8_t* uniform, FinalTemplate& final) {
  std::string out;
  uint32_t at = 0;
  walk_template(
      key, [&](std::string_view text) { out += text; },
      [&](SlotType slot) {
        const auto count = static_cast<uint32_t>(slot.values());
        const bool is_string = count == 0 && !slot.is_time();
        const bool fixed = count > 0 && std::all_of(uniform + at, uniform + at + count, [](uint8_t u) { return u; });
        if (fixed) {
          append_slot(out, slot, values + at);
        } else {
          const char mark[kSlotBytes] = {kSlotMark, static_cast<char>(slot.kind), static_cast<char>(0x80 | slot.width)};
          out.append(mark, kSlotBytes);
          if (slot.is_time()) return;
          final.kept.push_back(slot);
          final.value_index.push_back(at);
          final.strings += is_string;
        }
        at += count;
      });
  final.values = at;
  return out;
}

}  // namespace

uint32_t TemplateCollector::prepare(const Tokens& tokens) const {
  const uint32_t hash = hash_of(tokens.key);
  if (!slots_.empty()) __builtin_prefetch(&slots_[hash & (slots_.size() - 1)]);
  return hash;
}

uint32_t TemplateCollector::find_or_insert(std::string_view key, uint32_t hash, size_t value_count, bool may_refuse) {
  if ((entries_.size() + 1) * 2 > slots_.size()) grow();
  size_t at = hash & (slots_.size() - 1);
  for (; slots_[at].entry != 0; at = (at + 1) & (slots_.size() - 1)) {
    const HashSlot slot = slots_[at];
    if (slot.hash == hash && same_text({keys_.data() + slot.key_offset, slot.key_size}, key)) return slot.entry - 1;
  }
  if (may_refuse && (frozen_ || keys_.size() + key.size() > kMaxTableBytes || entries_.size() + 1 >= kMostTemplates))
    return kRefused;
  const auto values = static_cast<uint32_t>(value_count);
  const auto offset = static_cast<uint32_t>(keys_.size()), size = static_cast<uint32_t>(key.size());
  entries_.push_back({0, offset, size, static_cast<uint32_t>(values_.size()), values, values});
  keys_ += key;
  values_.resize(values_.size() + value_count);
  uniform_.resize(uniform_.size() + value_count, 1);
  slots_[at] = {hash, static_cast<uint32_t>(entries_.size()), offset, size};
  return static_cast<uint32_t>(entries_.size() - 1);
}

void TemplateCollector::grow() {
  const std::vector<HashSlot> old =
      std::exchange(slots_, std::vector<HashSlot>(std::max(kFirstSlots, slots_.size() * 2)));
  for (const HashSlot& slot : old) {
    if (slot.entry == 0) continue;
    size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].entry != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

bool TemplateCollector::fits(const Entry& entry, const Tokens& tokens) const {
  for (size_t i = 0; i < entry.value_count; ++i)
    if (uniform_[entry.first_value + i] && values_[entry.first_value + i] != tokens.values[i]) return false;
  return true;
}

uint32_t TemplateCollector::add(Tokens& tokens, std::string_view text, uint32_t prepared) {
  uint32_t id = find_or_insert(tokens.key, prepared, tokens.values.size(), true);
  if (id == kRefused || (frozen_ && !fits(entries_[id], tokens))) {
    tokens.clear();
    tokens.key = kWholeTemplate;
    tokens.strings.push_back(text);
    id = find_or_insert(tokens.key, hash_of(tokens.key), 0, false);
    if (frozen_) ++entries_[id].count;
  }
  if (frozen_) return id;
  Entry& entry = entries_[id];
  if (entry.count++ > 0 && entry.uniform == 0) return id;
  uint64_t* values = values_.data() + entry.first_value;
  if (entry.count == 1) {
    std::copy(tokens.values.begin(), tokens.values.end(), values);
    return id;
  }
  uint8_t* uniform = uniform_.data() + entry.first_value;
  entry.uniform = 0;
  for (size_t i = 0; i < entry.value_count; ++i) {
    uniform[i] &= values[i] == tokens.values[i];
    entry.uniform += uniform[i];
  }
  return id;
}

void TemplateCollector::add_table(const TemplateTable& table, uint64_t least_count, uint64_t most_count) {
  Tokens tokens;
  for (uint32_t i = 0; i < table.size(); ++i) {
    if (table.count(i) < least_count || table.count(i) > most_count) continue;
    tokenize(table.key(i), tokens);
    const uint32_t id = find_or_insert(tokens.key, hash_of(tokens.key), tokens.values.size(), true);
    if (id == kRefused) return;
    Entry& entry = entries_[id];
    for (size_t v = 0; v < entry.value_count; ++v) {
      uint64_t& value = values_[entry.first_value + v];
      uint8_t& uniform = uniform_[entry.first_value + v];
      if (entry.count == 0) value = tokens.values[v];
      uniform &= value == tokens.values[v] && (tokens.unknown.empty() || !tokens.unknown[v]);
    }
    entry.count += table.count(i);
  }
}

void TemplateCollector::freeze() {
  find_or_insert(kWholeTemplate, hash_of(kWholeTemplate), 0, false);
  frozen_ = true;
}

size_t TemplateCollector::memory() const {
  return keys_.capacity() + entries_.capacity() * sizeof(Entry) + slots_.capacity() * sizeof(HashSlot) +
         values_.capacity() * 9;
}

size_t TemplateCollector::string_count(uint32_t id) const {
  size_t count = 0;
  walk_template(
      key_of(entries_[id]), [](std::string_view) {},
      [&](SlotType slot) { count += !slot.is_time() && slot.stream() == Stream::text; });
  return count;
}

std::vector<FinalTemplate> TemplateCollector::finish() {
  order_.resize(entries_.size());
  std::iota(order_.begin(), order_.end(), 0);
  std::stable_sort(order_.begin(), order_.end(),
                   [&](uint32_t a, uint32_t b) { return entries_[a].count > entries_[b].count; });
  std::vector<FinalTemplate> finals(entries_.size());
  expanded_.clear();
  sizes_.clear();
  for (uint32_t id = 0; id < order_.size(); ++id) {
    const Entry& entry = entries_[order_[id]];
    FinalTemplate& final = finals[order_[id]];
    final.id = id;
    const std::string key =
        expand(key_of(entry), values_.data() + entry.first_value, uniform_.data() + entry.first_value, final);
    expanded_ += key;
    sizes_.push_back(key.size());
  }
  return finals;
}

void TemplateCollector::put(std::string& out, Effort effort) const {
  std::vector<uint64_t> counts;
  for (uint32_t entry : order_) counts.push_back(entries_[entry].count);
  put_varint(out, sizes_.size());
  put_ints(out, sizes_, effort);
  put_ints(out, counts, effort);
  std::vector<uint64_t> values[kStreams];
  size_t at = 0;
  for (uint64_t size : sizes_) {
    const auto needs = values_of(std::string_view(expanded_).substr(at, size));
    for (size_t stream = 0; stream < kStreams; ++stream) values[stream].push_back(needs[stream]);
    at += size;
  }
  for (const auto& stream : values) put_ints(out, stream, effort);
  std::string piece;
  at = 0;
  for (size_t id = 0, first = 0; id < sizes_.size(); ++id) {
    piece.append(expanded_, at, sizes_[id]);
    piece += kSeparator;
    at += sizes_[id];
    if (piece.size() < kPieceBytes && id + 1 < sizes_.size()) continue;
    put_varint(out, id + 1 - first);
    put_packed(out, piece, effort);
    piece.clear();
    first = id + 1;
  }
}

std::array<uint16_t, kStreams> values_of(std::string_view key) {
  thread_local std::vector<SlotType> slots;
  slots.clear();
  parse_slots(key, slots);
  std::array<uint16_t, kStreams> values{};
  for (SlotType slot : slots)
    if (!slot.is_time())
      values[static_cast<size_t>(slot.stream())] += static_cast<uint16_t>(std::max<size_t>(1, slot.values()));
  return values;
}

TemplateTable::TemplateTable(std::string data, char format) : data_(std::move(data)) {
  ByteReader in(data_);
  const size_t count = in.count(kMaxTemplates);
  get_ints(in, count, sizes_);
  get_ints(in, count, counts_);
  values_.resize(count);
  offsets_.resize(count);
  piece_of_.resize(count);
  if (format == 1)
    read_text_in_one(in);
  else
    read_texts(in);
  if (!in.empty()) throw Corrupt{"template table is damaged"};
  memory_ = data_.size() + count * (sizeof(uint64_t) + sizeof values_[0] + 10);
  for (const uint32_t size : sizes_) memory_ += size + kSeparator.size();
}

void TemplateTable::read_texts(ByteReader& in) {
  std::vector<uint32_t> numbers;
  for (size_t stream = 0; stream < kStreams; ++stream) {
    get_ints(in, size(), numbers);
    for (size_t id = 0; id < size(); ++id) {
      if (numbers[id] > 0xffff) throw Corrupt{"template table is damaged"};
      values_[id][stream] = static_cast<uint16_t>(numbers[id]);
    }
  }
  for (uint32_t id = 0; id < size();) {
    auto piece = std::make_unique<Piece>();
    piece->first = id;
    piece->count = static_cast<uint32_t>(in.count(size() - id));
    if (piece->count == 0 || pieces_.size() > 0xffff) throw Corrupt{"template table is damaged"};
    const std::string_view before = in.rest();
    skip_packed(in);
    piece->packed = before.substr(0, before.size() - in.rest().size());
    uint64_t at = 0;
    for (const uint32_t end = id + piece->count; id < end; ++id) {
      offsets_[id] = static_cast<uint32_t>(at);
      at += sizes_[id] + kSeparator.size();
      if (at > kMaxStream) throw Corrupt{"template table is damaged"};
      piece_of_[id] = static_cast<uint16_t>(pieces_.size());
    }
    pieces_.push_back(std::move(piece));
  }
}

// Format 1: no separators, and what a template needs is known only from its text.
void TemplateTable::read_text_in_one(ByteReader& in) {
  std::string buffer;
  std::string_view text = get_packed(in, buffer);
  auto piece = std::make_unique<Piece>();
  piece->count = static_cast<uint32_t>(size());
  for (uint32_t id = 0; id < size(); ++id) {
    if (sizes_[id] > text.size()) throw Corrupt{"template table is damaged"};
    offsets_[id] = static_cast<uint32_t>(piece->text.size());
    values_[id] = values_of(text.substr(0, sizes_[id]));
    piece->text += text.substr(0, sizes_[id]);
    piece->text += kSeparator;
    text.remove_prefix(sizes_[id]);
  }
  if (!text.empty()) throw Corrupt{"template table is damaged"};
  pieces_.push_back(std::move(piece));
}

void TemplateTable::unpack(Piece& piece) const {
  if (!piece.text.empty() || piece.count == 0) return;
  ByteReader in(piece.packed);
  std::string text;
  const std::string_view unpacked = get_packed(in, text);
  const uint32_t last = piece.first + piece.count - 1;
  if (unpacked.size() != offsets_[last] + sizes_[last] + kSeparator.size()) throw Corrupt{"template table is damaged"};
  for (uint32_t id = piece.first; id <= last; ++id) {
    if (values_of(unpacked.substr(offsets_[id], sizes_[id])) != values_[id] ||
        unpacked.substr(offsets_[id] + sizes_[id], kSeparator.size()) != kSeparator)
      throw Corrupt{"template table is damaged"};
  }
  piece.text = unpacked.data() == text.data() ? std::move(text) : std::string(unpacked);
}

TemplateTable::Texts TemplateTable::texts(size_t piece) const {
  const Piece& p = loaded(piece);
  return {p.first, p.count, p.text};
}

}  // namespace alco::store
