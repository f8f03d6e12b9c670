#pragma once
// Finds the time in the lines of one file: tries the known formats, the one that worked last first.
#include <array>
#include <cstdint>
#include <string_view>

#include "lib/collect/text_format.h"

namespace alco {

class TextScanner {
 public:
  TextScanner();

  // False if no time is found at the beginning of the line. `reference`: no line is later than a day after it.
  [[nodiscard]] bool scan(std::string_view line, Nanoseconds reference, LineHead& head);

 private:
  static constexpr size_t kFormats = 14;
  static constexpr size_t kPlaces = 16;

  bool scan_doubtful(std::string_view line, LineHead& head);

  FormatState state_;
  std::array<Format, kFormats> order_;
  uint64_t sure_ = 0;                       // lines whose time was beyond doubt
  uint64_t doubtful_ = 0;                   // lines with a time that only a file without better ones has
  std::array<uint64_t, kPlaces> places_{};  // of these, how often the time was behind so many words
};

}  // namespace alco
