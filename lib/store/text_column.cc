#include "lib/store/text_column.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "lib/store/bitmap.h"
#include "lib/store/int_codec.h"
#include "lib/store/time_slot.h"

namespace alco::store {
namespace {

// Rows ordered by the number of their template; rows of one template stay in order.
std::vector<uint32_t> by_template(const std::vector<uint32_t>& ids) {
  std::vector<uint32_t> rows(ids.size());
  const uint32_t most = ids.empty() ? 0 : *std::max_element(ids.begin(), ids.end());
  if (most > ids.size() * 4 + 1024) {
    std::iota(rows.begin(), rows.end(), 0);
    std::stable_sort(rows.begin(), rows.end(), [&](uint32_t a, uint32_t b) { return ids[a] < ids[b]; });
    return rows;
  }
  std::vector<uint32_t> start(most + 2);
  for (uint32_t id : ids) ++start[id + 1];
  std::partial_sum(start.begin(), start.end(), start.begin());
  for (uint32_t row = 0; row < ids.size(); ++row) rows[start[ids[row]]++] = row;
  return rows;
}

// Calls visit(first, last) for each run of rows of one template.
template <class Visit>
void each_group(const std::vector<uint32_t>& rows, const std::vector<uint32_t>& ids, Visit visit) {
  for (size_t first = 0; first < rows.size();) {
    size_t last = first + 1;
    while (last < rows.size() && ids[rows[last]] == ids[rows[first]]) ++last;
    visit(first, last);
    first = last;
  }
}

}  // namespace

void TextBuffer::add(std::string_view text, TemplateCollector& templates, const Nanoseconds* time) {
  thread_local Tokens tokens;
  tokenize(text, tokens, time);
  const uint32_t id = templates.add(tokens, text);
  add_split(id, tokens);
}

void TextBuffer::add_split(uint32_t template_id, const Tokens& tokens) {
  ids_.push_back(template_id);
  values_.insert(values_.end(), tokens.values.begin(), tokens.values.end());
  for (std::string_view string : tokens.strings) {
    strings_ += string;
    ends_.push_back(strings_.size());
  }
}

void TextBuffer::keep_rows(const std::vector<bool>& keep, const TemplateCollector& templates) {
  TextBuffer kept;
  size_t value = 0, string = 0;
  for (size_t row = 0; row < ids_.size(); ++row) {
    const size_t values = templates.value_count(ids_[row]), strings = templates.string_count(ids_[row]);
    if (keep[row]) {
      kept.ids_.push_back(ids_[row]);
      kept.values_.insert(kept.values_.end(), values_.begin() + static_cast<ptrdiff_t>(value),
                          values_.begin() + static_cast<ptrdiff_t>(value + values));
      for (size_t i = string; i < string + strings; ++i) {
        const uint64_t begin = i == 0 ? 0 : ends_[i - 1];
        kept.strings_.append(strings_, begin, ends_[i] - begin);
        kept.ends_.push_back(kept.strings_.size());
      }
    }
    value += values;
    string += strings;
  }
  *this = std::move(kept);
}

void TextBuffer::encode(std::string& out, const std::vector<FinalTemplate>& finals, Effort effort) const {
  std::vector<uint32_t> final_ids(ids_.size()), value_start(ids_.size()), string_start(ids_.size());
  uint32_t values = 0, strings = 0;
  for (size_t row = 0; row < ids_.size(); ++row) {
    const FinalTemplate& final = finals[ids_[row]];
    final_ids[row] = final.id;
    value_start[row] = values;
    string_start[row] = strings;
    values += final.values;
    strings += final.strings;
  }
  std::vector<uint64_t> streams[kIntStreams];
  std::vector<uint64_t> lengths;
  std::string text;
  const std::vector<uint32_t> rows = by_template(final_ids);
  each_group(rows, final_ids, [&](size_t first, size_t last) {
    const FinalTemplate& final = finals[ids_[rows[first]]];
    uint32_t string_index = 0;
    for (size_t slot = 0; slot < final.kept.size(); ++slot) {
      if (final.kept[slot].stream() == Stream::text) {
        for (size_t i = first; i < last; ++i) {
          const uint32_t at = string_start[rows[i]] + string_index;
          const uint64_t begin = at == 0 ? 0 : ends_[at - 1];
          text.append(strings_, begin, ends_[at] - begin);
          lengths.push_back(ends_[at] - begin);
        }
        ++string_index;
        continue;
      }
      std::vector<uint64_t>& stream = streams[static_cast<size_t>(final.kept[slot].stream())];
      for (size_t v = 0; v < final.kept[slot].values(); ++v)
        for (size_t i = first; i < last; ++i)
          stream.push_back(values_[value_start[rows[i]] + final.value_index[slot] + v]);
    }
  });
  std::string part;
  const auto put_part = [&](size_t count) {
    put_varint(out, count);
    put_string(out, part);
    part.clear();
  };
  const std::vector<uint64_t> wide_ids(final_ids.begin(), final_ids.end());
  put_ints(part, wide_ids, effort);
  put_part(wide_ids.size());
  for (const auto& stream : streams) {
    put_ints(part, stream, effort);
    put_part(stream.size());
  }
  put_ints(part, lengths, effort);
  put_packed(part, text, effort);
  put_part(lengths.size());
}

TextColumn::TextColumn(std::string_view data, const TemplateTable& table) : table_(table) {
  ByteReader in(data);
  rows_ = in.count(kMaxStream);
  encoded_ids_ = in.string();
  for (size_t stream = 0; stream < kStreams; ++stream) {
    counts_[stream] = in.count(kMaxStream);
    encoded_[stream] = in.string();
  }
}

const std::vector<uint32_t>& TextColumn::ids() {
  if (ids_loaded_) return ids_;
  ByteReader in(encoded_ids_);
  get_ints(in, rows_, ids_);
  for (uint32_t id : ids_)
    if (id >= table_.size()) throw Corrupt{"template number out of range"};
  ids_loaded_ = true;
  return ids_;
}

void TextColumn::prepare_groups() {
  if (grouped_) return;
  ids();
  thread_local std::vector<uint32_t> at;  // by template: rows, then group; 0 between the calls
  at.resize(std::max(at.size(), table_.size()));
  Bitmap seen_ids(table_.size());
  for (uint32_t id : ids_) {
    ++at[id];
    seen_ids.set(id);
  }
  std::vector<uint32_t> present;
  seen_ids.for_each([&](size_t id) { present.push_back(static_cast<uint32_t>(id)); });
  uint64_t next[kStreams] = {};
  groups_.resize(present.size());
  for (uint32_t g = 0; g < groups_.size(); ++g) {
    Group& group = groups_[g];
    group.id = present[g];
    group.rows = std::exchange(at[group.id], g);
    const auto& values = table_.values(group.id);
    for (size_t stream = 0; stream < kStreams; ++stream) {
      group.begin[stream] = static_cast<uint32_t>(next[stream]);
      next[stream] += uint64_t{group.rows} * values[stream];
    }
  }
  std::vector<uint32_t> seen(groups_.size());
  rank_.resize(ids_.size());
  group_of_.resize(ids_.size());
  for (size_t row = 0; row < ids_.size(); ++row) {
    const uint32_t g = at[ids_[row]];
    group_of_[row] = g;
    rank_[row] = seen[g]++;
  }
  for (uint32_t id : present) at[id] = 0;
  for (size_t stream = 0; stream < kStreams; ++stream)
    if (next[stream] != counts_[stream]) throw Corrupt{"values do not fit their templates"};
  grouped_ = true;
}

TextColumn::Place TextColumn::place_of(size_t row) {
  constexpr size_t kFew = 2;
  if (!grouped_ && ++asked_places_ > kFew) prepare_groups();
  return grouped_ ? Place{groups_[group_of_[row]], rank_[row]} : find_place(row);
}

// Without those of the other texts being known.
TextColumn::Place TextColumn::find_place(size_t row) {
  ids();
  Group group;
  group.id = ids_[row];
  const auto rank =
      static_cast<uint32_t>(std::count(ids_.begin(), ids_.begin() + static_cast<ptrdiff_t>(row), group.id));
  group.rows =
      static_cast<uint32_t>(rank + std::count(ids_.begin() + static_cast<ptrdiff_t>(row), ids_.end(), group.id));
  const auto& needed = table_.values(group.id);
  for (size_t stream = 0; stream < kStreams; ++stream) {
    if (needed[stream] == 0) continue;
    uint64_t begin = 0;
    for (uint32_t id : ids_) begin += id < group.id ? table_.values(id)[stream] : 0;
    if (begin + uint64_t{group.rows} * needed[stream] > counts_[stream])
      throw Corrupt{"values do not fit their templates"};
    group.begin[stream] = static_cast<uint32_t>(begin);
  }
  return {group, rank};
}

void TextColumn::load(size_t stream) {
  if (loaded_[stream]) return;
  ByteReader in(encoded_[stream]);
  if (stream < kIntStreams) {
    get_ints(in, counts_[stream], values_[stream]);
  } else {
    get_ints(in, counts_[stream], string_ends_);
    strings_ = get_packed(in, string_buffer_);
    uint64_t end = 0;
    for (uint64_t& length : string_ends_) {
      if (length > strings_.size()) throw Corrupt{"string too long"};
      length = end += length;
    }
    if (end != strings_.size()) throw Corrupt{"strings do not fit their lengths"};
  }
  loaded_[stream] = true;
}

// Unpacks the stream only when much of it is asked for.
uint64_t TextColumn::value(size_t stream, size_t at) {
  constexpr size_t kOneIn = 16;
  if (!loaded_[stream] && ++asked_[stream] > counts_[stream] / kOneIn) {
    load(stream);
    some_[stream].reset();
  }
  if (loaded_[stream]) return values_[stream][at];
  if (!some_[stream]) some_[stream] = std::make_unique<IntStream>(encoded_[stream], counts_[stream]);
  return some_[stream]->at(at);
}

void TextColumn::load_all() {
  prepare_groups();
  for (size_t stream = 0; stream < kStreams; ++stream) load(stream);
}

std::string_view TextColumn::string_bytes() {
  load(kIntStreams);
  return strings_;
}

std::string_view TextColumn::string(size_t at) {
  load(kIntStreams);
  const uint64_t begin = at == 0 ? 0 : string_ends_[at - 1];
  return strings_.substr(begin, string_ends_[at] - begin);
}

void TextColumn::find_values(ValueSearch& search, const std::function<bool(uint32_t)>& wanted,
                             std::vector<bool>& found) {
  prepare_groups();
  found.resize(size());
  std::vector<uint32_t> first(groups_.size()), rows(size());  // rows by group, and where each group begins
  for (size_t g = 1; g < groups_.size(); ++g) first[g] = first[g - 1] + groups_[g - 1].rows;
  for (uint32_t row = 0; row < size(); ++row) rows[first[group_of_[row]] + rank_[row]] = row;
  for (size_t g = 0; g < groups_.size(); ++g) {
    const Group& group = groups_[g];
    if (!wanted(group.id)) continue;
    size_t used[kStreams] = {};
    walk_template(
        table_.key(group.id), [](std::string_view) {},
        [&](SlotType slot) {
          if (slot.is_time()) return;
          const auto stream = static_cast<size_t>(slot.stream());
          const size_t values = slot.values();
          const size_t begin = group.begin[stream] + used[stream] * group.rows;
          used[stream] += std::max<size_t>(1, values);
          if (!search.possible(slot)) return;
          load(stream);
          for (size_t i = 0; i < group.rows; ++i) {
            uint64_t of_text[4];
            for (size_t v = 0; v < values; ++v) of_text[v] = values_[stream][begin + v * group.rows + i];
            if (values == 0 ? search.holds(string(begin + i)) : search.holds(slot, of_text))
              found[rows[first[g] + i]] = true;
          }
        });
  }
}

int64_t TextColumn::time_of(size_t row) {
  if (!times_) throw Corrupt{"time in a text that has none"};
  return times_()[row];
}

void TextColumn::append_text(std::string& out, size_t row) {
  const Place place = place_of(row);
  const Group& group = place.group;
  size_t used[kStreams] = {};
  walk_template(
      table_.key(ids_[row]), [&](std::string_view text) { out += text; },
      [&](SlotType slot) {
        if (slot.is_time()) return append_time_slot(out, slot, time_of(row));
        const auto stream = static_cast<size_t>(slot.stream());
        const size_t at = group.begin[stream] + used[stream] * group.rows + place.rank;
        if (stream == kIntStreams) {
          out += string(at);
          ++used[stream];
          return;
        }
        uint64_t values[4];
        const size_t count = slot.values();
        for (size_t v = 0; v < count; ++v) values[v] = value(stream, at + v * group.rows);
        append_slot(out, slot, values);
        used[stream] += count;
      });
}

}  // namespace alco::store
