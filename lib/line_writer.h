#pragma once
// Buffered output to a descriptor with every write checked.
#include <string>
#include <string_view>

namespace alco {

class LineWriter {
 public:
  // Borrows `fd`. `name` is for messages ("stdout").
  LineWriter(int fd, std::string name);

  // Throws Error: EX_IOERR, or kExitReaderGone when nobody reads any more. The
  // destructor does not flush, since it could not report a failure.
  void put(std::string_view line);  // adds the '\n'
  void write(std::string_view text);
  void flush();

 private:
  int fd_;
  std::string name_;
  std::string buffer_;
};

}  // namespace alco
