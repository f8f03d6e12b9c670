#include "lib/store/template_table.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <numeric>

#include "lib/store/int_codec.h"

namespace alco::store {
namespace {

constexpr size_t kMaxTemplates = size_t{1} << 20;
constexpr size_t kFirstSlots = 1024;
constexpr uint32_t kRefused = ~uint32_t{0};

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

uint32_t TemplateCollector::find_or_insert(std::string_view key, size_t value_count, bool may_refuse) {
  if ((entries_.size() + 1) * 2 > slots_.size()) grow();
  const uint64_t hash = XXH3_64bits(key.data(), key.size());
  size_t at = hash & (slots_.size() - 1);
  while (slots_[at] != 0) {
    const Entry& entry = entries_[slots_[at] - 1];
    if (entry.hash == hash && key_of(entry) == key) return slots_[at] - 1;
    at = (at + 1) & (slots_.size() - 1);
  }
  if (may_refuse && (frozen_ || keys_.size() + key.size() > kMaxTableBytes || entries_.size() >= kMaxTemplates))
    return kRefused;
  entries_.push_back({hash, 0, static_cast<uint32_t>(keys_.size()), static_cast<uint32_t>(key.size()),
                      static_cast<uint32_t>(values_.size()), static_cast<uint32_t>(value_count)});
  keys_ += key;
  values_.resize(values_.size() + value_count);
  uniform_.resize(uniform_.size() + value_count, 1);
  slots_[at] = static_cast<uint32_t>(entries_.size());
  return static_cast<uint32_t>(entries_.size() - 1);
}

void TemplateCollector::grow() {
  slots_.assign(std::max(kFirstSlots, slots_.size() * 2), 0);
  for (size_t i = 0; i < entries_.size(); ++i) {
    size_t at = entries_[i].hash & (slots_.size() - 1);
    while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = static_cast<uint32_t>(i + 1);
  }
}

bool TemplateCollector::fits(const Entry& entry, const Tokens& tokens) const {
  for (size_t i = 0; i < entry.value_count; ++i)
    if (uniform_[entry.first_value + i] && values_[entry.first_value + i] != tokens.values[i]) return false;
  return true;
}

uint32_t TemplateCollector::add(Tokens& tokens, std::string_view text) {
  uint32_t id = find_or_insert(tokens.key, tokens.values.size(), true);
  if (id == kRefused || (frozen_ && !fits(entries_[id], tokens))) {
    tokens.clear();
    tokens.key = kWholeTemplate;
    tokens.strings.push_back(text);
    id = find_or_insert(tokens.key, 0, false);
    if (frozen_) ++entries_[id].count;
  }
  if (frozen_) return id;
  Entry& entry = entries_[id];
  uint64_t* values = values_.data() + entry.first_value;
  if (entry.count++ == 0) {
    std::copy(tokens.values.begin(), tokens.values.end(), values);
    return id;
  }
  uint8_t* uniform = uniform_.data() + entry.first_value;
  for (size_t i = 0; i < entry.value_count; ++i) uniform[i] &= values[i] == tokens.values[i];
  return id;
}

void TemplateCollector::add_table(const TemplateTable& table, uint64_t least_count, uint64_t most_count) {
  Tokens tokens;
  for (uint32_t i = 0; i < table.size(); ++i) {
    if (table.count(i) < least_count || table.count(i) > most_count) continue;
    tokenize(table.key(i), tokens);
    const uint32_t id = find_or_insert(tokens.key, tokens.values.size(), true);
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
  find_or_insert(kWholeTemplate, 0, false);
  frozen_ = true;
}

size_t TemplateCollector::memory() const {
  return keys_.capacity() + entries_.capacity() * sizeof(Entry) + slots_.capacity() * 4 + values_.capacity() * 9;
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
  put_packed(out, expanded_, effort);
}

TemplateTable::TemplateTable(ByteReader in) {
  const size_t count = in.count(kMaxTemplates);
  std::vector<uint64_t> sizes;
  get_ints(in, count, sizes);
  get_ints(in, count, counts_);
  std::string buffer;
  std::string_view text = get_packed(in, buffer);
  text_.reserve(text.size() + count * kSeparator.size());
  offsets_.reserve(count + 1);
  slot_begin_.reserve(count + 1);
  values_.resize(count);
  offsets_.push_back(0);
  slot_begin_.push_back(0);
  for (uint32_t id = 0; id < count; ++id) {
    if (sizes[id] > text.size()) throw Corrupt{"template table is damaged"};
    const std::string_view key = text.substr(0, sizes[id]);
    text.remove_prefix(sizes[id]);
    parse_slots(key, slots_);
    for (size_t i = slot_begin_.back(); i < slots_.size(); ++i)
      if (!slots_[i].is_time())
        values_[id][static_cast<size_t>(slots_[i].stream())] +=
            static_cast<uint16_t>(std::max<size_t>(1, slots_[i].values()));
    slot_begin_.push_back(static_cast<uint32_t>(slots_.size()));
    text_ += key;
    text_ += kSeparator;
    offsets_.push_back(text_.size());
  }
  if (!text.empty()) throw Corrupt{"template table is damaged"};
}

}  // namespace alco::store
