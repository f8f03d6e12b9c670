#pragma once
// The texts of one column in one block: templates by number, and the values of
// their slots, each kind in a stream of its own, ordered by template and slot so that like stands by like.
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lib/store/int_stream.h"
#include "lib/store/template_table.h"
#include "lib/store/value_search.h"

namespace alco::store {

// Collects texts; encode() writes them once the table of the segment is final.
class TextBuffer {
 public:
  // `time` of the event that the text is the message of; null for other texts.
  void add(std::string_view text, TemplateCollector& templates, const Nanoseconds* time);
  // As split elsewhere (merging): `tokens.key` is not looked at.
  void add_split(uint32_t template_id, const Tokens& tokens);

  // Removes the texts of rows whose `keep` is false.
  void keep_rows(const std::vector<bool>& keep, const TemplateCollector& templates);

  size_t size() const { return ids_.size(); }
  const std::vector<uint32_t>& ids() const { return ids_; }  // as collected
  // Calls visit(text) for each string that is part of no template.
  template <class Visit>
  void each_string(Visit visit) const {
    for (size_t i = 0; i < ends_.size(); ++i) {
      const uint64_t begin = i == 0 ? 0 : ends_[i - 1];
      visit(std::string_view(strings_).substr(begin, ends_[i] - begin));
    }
  }
  size_t memory() const {
    return ids_.capacity() * 4 + values_.capacity() * 8 + strings_.capacity() + ends_.capacity() * 8;
  }
  void encode(std::string& out, const std::vector<FinalTemplate>& finals, Effort effort) const;

 private:
  std::vector<uint32_t> ids_;
  std::vector<uint64_t> values_;
  std::string strings_;
  std::vector<uint64_t> ends_;  // of each string in strings_
};

// Reads what encode() wrote. Streams are unpacked when they are first needed. `data` must outlive it.
class TextColumn {
 public:
  TextColumn(std::string_view data, const TemplateTable& table);  // throws Corrupt, as do all others

  // Where append_text() finds the time of the event of each text, when a template asks for it; none: that is damage.
  using Times = std::function<std::span<const int64_t>()>;
  void set_times(Times times) { times_ = std::move(times); }

  size_t size() const { return rows_; }
  const std::vector<uint32_t>& ids();  // the template of each text
  void append_text(std::string& out, size_t row);

  void load_all();  // append_text() then changes nothing

  // Sets found[row] for the texts that hold the literal in a value, of the templates that wanted(id) says yes to.
  void find_values(ValueSearch& search, const std::function<bool(uint32_t)>& wanted, std::vector<bool>& found);

  // The strings of opaque and whole slots, one after the other: a literal that is in one of them is in here.
  std::string_view string_bytes();

 private:
  friend class TextJson;
  struct Group {
    uint32_t id = 0;
    uint32_t rows = 0;
    uint32_t begin[kStreams] = {};  // first value of the group in each stream
  };

  struct Place {
    Group group;
    uint32_t rank;
  };

  void prepare_groups();
  Place place_of(size_t row);
  Place find_place(size_t row);
  std::string_view string(size_t at);
  void load(size_t stream);
  uint64_t value(size_t stream, size_t at);

  int64_t time_of(size_t row);

  const TemplateTable& table_;
  Times times_;
  size_t rows_ = 0;
  std::string_view encoded_ids_;
  bool ids_loaded_ = false;
  std::vector<uint32_t> ids_;
  std::string_view encoded_[kStreams];
  size_t counts_[kStreams] = {};
  bool loaded_[kStreams] = {};
  std::vector<uint64_t> values_[kIntStreams];
  std::unique_ptr<IntStream> some_[kIntStreams];  // while few values were asked for
  size_t asked_[kIntStreams] = {};
  std::string string_buffer_;
  std::string_view strings_;
  std::vector<uint64_t> string_ends_;
  bool grouped_ = false;
  size_t asked_places_ = 0;         // while they are not
  std::vector<uint32_t> rank_;      // of each row within its group
  std::vector<uint32_t> group_of_;  // of each row
  std::vector<Group> groups_;
};

}  // namespace alco::store
