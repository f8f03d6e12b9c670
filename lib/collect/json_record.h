#pragma once
// Rule R1 of doc/delivery.md: whatever came in, as one JSON object on one line that every stage can parse.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "lib/event.h"
#include "lib/timestamp.h"

namespace alco {

class JsonRecords {
 public:
  JsonRecords();
  ~JsonRecords();

  enum class Made {
    passed,   // the body was a JSON object: its bytes are unchanged but for newlines between tokens and "@alco"
    wrapped,  // it was not, or not UTF-8, or too deep: an event with the text as message and the tag _jsonparsefailure
  };
  // Replaces `out` by the record, without '\n'. A member "@alco" of the body is renamed "@alco_x" and counted.
  Made make(std::string& out, std::string_view body, Nanoseconds arrival);

  // The event that stands for a body of `length` bytes that is over the limit, of which `head` are the first ones (at
  // most 64 KiB of them are used): tags _truncated and the member "length".
  static void make_truncated(std::string& out, std::string_view head, uint64_t length, Nanoseconds arrival);

  // The body that make() was given last, as parsed; valid until its next call. Its time means nothing unless timed().
  const Event& parsed() const { return *parsed_; }
  bool timed() const { return timed_; }  // it was an object with a usable time of its own

  uint64_t renamed() const { return renamed_; }  // bodies that had a member "@alco"

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
  const Event* parsed_ = nullptr;
  bool timed_ = false;
  uint64_t renamed_ = 0;
};

}  // namespace alco
