#pragma once
// The frames of a journal as bytes: what is whole, and where the next one begins behind damage.
#include <cstdint>
#include <string>
#include <string_view>

namespace alco::sphinx {

inline constexpr size_t kFrameHeader = 32;

enum class FrameForm : uint32_t { packed, plain };  // of what follows a header

struct FrameHeader {
  uint32_t size = 0;  // of what follows it
  uint32_t rows = 0;
  FrameForm form = FrameForm::packed;
  uint64_t last_moment = 0;  // of its last row: grows from frame to frame
};

// Fills the first kFrameHeader bytes of `frame`: all of `header` but its size, which is what is there, and the sum.
void put_frame_header(std::string& frame, const FrameHeader& header);

// Whether `bytes` begin like a frame. The sum is not looked at.
bool get_frame_header(std::string_view bytes, FrameHeader& header);

// Whether `bytes` begin with a frame that is whole and undamaged.
bool get_frame(std::string_view bytes, FrameHeader& header);

// Where the first such frame of `bytes` begins, at `at` or behind; bytes.size() if there is none.
size_t find_frame(std::string_view bytes, size_t at, FrameHeader& header);

}  // namespace alco::sphinx
