#pragma once
// Which field names and values of the events that pass are not in the catalogue yet.
//
// Remembers what it has handed over, so that a value that was seen before costs one look-up. Which fields have their
// values listed: those that the configuration marks `filtered`; if it marks none, every field of strings, until it
// shows that it is no category (over 200 values, or one of over 64 bytes), except that the usual names (host, level,
// logger, …) may have as many values as the catalogue takes.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "lib/catalogue/catalogue.h"
#include "lib/config.h"
#include "lib/event.h"

namespace alco {

inline constexpr size_t kMaxTrackedValues = 100'000;  // of all fields together
inline constexpr size_t kAutoValuesPerField = 200;
inline constexpr size_t kAutoValueBytes = 64;
inline constexpr int64_t kRefreshSeconds = 300;  // a value that was last written so long ago is written again

class ValueTracker {
 public:
  explicit ValueTracker(const IndexConfig& config);
  ~ValueTracker();

  // `now` bounds the time of values, in seconds: an event from the future must not stay in the catalogue for ever.
  void note(const Event& event, int64_t now);

  bool urgent() const { return urgent_; }  // something is new, not only seen again
  bool empty() const { return names_.empty() && values_.empty() && given_up_.empty(); }
  size_t waiting() const { return names_.size() + values_.size() + given_up_.size(); }

  // What is to be written; all of it stays until written() is called.
  const std::vector<std::string>& names() const { return names_; }
  std::vector<SeenValue> values() const;
  const std::vector<std::string>& given_up() const { return given_up_; }
  void written();

  // The catalogue has lost everything: all that was seen in the last day waits once more.
  void write_again(int64_t now);

  void close(std::vector<std::string> names);      // the catalogue takes no values of these fields
  void forget();                                   // unless something waits: what comes next is new again
  uint64_t left_out() const { return left_out_; }  // values that no memory was left for

 private:
  struct Entry;
  struct Field;
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  template <class Value>
  using Map = std::unordered_map<std::string, Value, Hash, std::equal_to<>>;
  struct Waiting {
    const std::string* field;
    const std::string* value;
    Entry* entry;
  };

  Field* find_field(std::string_view path);
  void note_value(Field& field, std::string_view path, std::string_view value, int64_t time);
  void give_up(const std::string& name, Field& field);
  void drop_values(const std::string& name, Field& field);

  const IndexConfig& config_;
  bool automatic_ = true;
  Map<std::unique_ptr<Field>> fields_;
  size_t tracked_ = 0;
  std::vector<std::string> names_, given_up_, closed_;
  std::vector<Waiting> values_;
  bool urgent_ = false;
  uint64_t left_out_ = 0;
  std::string number_;  // text of a value that is no string
};

}  // namespace alco
