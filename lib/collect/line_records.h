#pragma once
// The lines of one file or stream to records: JSON passes through, text becomes events.
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "lib/collect/json_record.h"
#include "lib/collect/text_events.h"

namespace alco {

enum class LineFormat {
  automatic,  // a line that is a JSON object is JSON; so is a broken one behind one that was; all else is text
  json,       // every line; what is not a JSON object is wrapped (R1)
  text,
  journald,  // journalctl -o json; adds host, level and program, and makes text of byte arrays
};

struct LineRecordsOptions {
  LineFormat format = LineFormat::automatic;
  TextOptions text;
  size_t max_record = size_t{4} << 20;
};

class LineRecords {
 public:
  // `reject` gets the text of a record that is over the limit, which then is replaced by its head.
  LineRecords(LineRecordsOptions options, std::function<void(std::string_view)> reject);

  // After each add() call next() until it returns false. `end` is the position behind the line.
  void add(std::string_view line, Nanoseconds arrival, uint64_t end);
  void add_truncated(std::string_view head, uint64_t length, Nanoseconds arrival, uint64_t end);

  struct Out {
    std::string json;
    std::string_view content;  // what the record was made of, for its id; valid until the next call of anything
    uint64_t end = 0;          // position behind it
  };
  bool next(Out& out);

  bool waiting() const { return text_.waiting(); }  // for a line that may continue the last one
  void finish() { text_.finish(); }                 // there is none
  void set_written(Nanoseconds at) { text_.set_written(at); }
  uint64_t renamed() const { return json_.renamed(); }

 private:
  void add_json(std::string_view line, Nanoseconds arrival, uint64_t end);
  bool take_json(std::string_view line, Nanoseconds arrival);

  LineRecordsOptions options_;
  std::function<void(std::string_view)> reject_;
  TextEvents text_;
  JsonRecords json_;
  bool json_before_ = false;  // the last line was JSON
  bool made_ = false;         // made_json_ waits for next()
  bool truncated_ = false;    // and is the head of a longer line
  std::string made_json_, made_from_;
  uint64_t made_end_ = 0;
  Nanoseconds arrival_ = 0;
};

}  // namespace alco
