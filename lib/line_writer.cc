#include "lib/line_writer.h"

#include "lib/disk.h"

namespace alco {
namespace {
constexpr size_t kFlushAt = size_t{64} << 10;
}

LineWriter::LineWriter(int fd, std::string name) : fd_(fd), name_(std::move(name)) { buffer_.reserve(kFlushAt * 2); }

void LineWriter::put(std::string_view line) {
  buffer_ += line;
  buffer_ += '\n';
  if (buffer_.size() >= kFlushAt) flush();
}

void LineWriter::write(std::string_view text) {
  buffer_ += text;
  if (buffer_.size() >= kFlushAt) flush();
}

void LineWriter::flush() {
  real_disk().write(fd_, name_, buffer_);
  buffer_.clear();
}

}  // namespace alco
