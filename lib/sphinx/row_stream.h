#pragma once
// Rows of a sequence of tables in order, page by page: whatever searchd's max_matches, nothing is held open on its
// side between two pages, and a page is bounded here and there.
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lib/sphinx/connections.h"
#include "lib/sphinx/select.h"
#include "lib/sphinx/stored_row.h"

namespace alco::sphinx {

// One SELECT's worth: tables whose rows share a key.
struct Source {
  std::string from;  // "app_20261122", or several with commas, or a distributed index
  RowKey key;
  bool old = false;  // of the first ALCO: no raw, no flags, no words to rely on
  Narrowing narrowing;
  std::string otherwise;  // a distributed index that has all of it, should `from` be gone; or ""
};

struct StreamRequest {
  RowRange range;
  bool members = true;    // js is needed
  uint64_t expected = 0;  // rows that will probably be taken; 0: many
  const std::atomic<bool>* cancel = nullptr;
};

class RowStream {
 public:
  // No row of a source lies behind one of the next, in the order of the range.
  RowStream(std::shared_ptr<Connections> connections, std::vector<Source> sources, StreamRequest request);

  // The present row, or nullptr at the end or if it was cancelled. Valid until pop().
  const StoredRow* front();
  void pop() { ++at_; }

  uint64_t pages() const { return pages_; }
  uint64_t bytes() const { return bytes_; }
  size_t sources_done() const { return source_; }
  const std::vector<std::string>& incomplete() const { return incomplete_; }

 private:
  struct Place {
    Position at;
    size_t begin, message, js, raw;  // offsets in text_
  };
  bool fetch();
  void read_page(Client& client, const std::string& statement, const Source& source);
  bool leave_out_gone();
  void note(const std::string& reason);

  std::shared_ptr<Connections> connections_;
  std::vector<Source> sources_;
  StreamRequest request_;
  size_t source_ = 0;
  uint64_t page_size_;
  std::string text_;  // of the page's rows
  std::vector<Place> page_;
  size_t at_ = 0;
  bool cut_ = false;    // the page was too large and ends early
  bool begun_ = false;  // rows of the present source were given out
  StoredRow row_;
  uint64_t pages_ = 0, bytes_ = 0;
  std::vector<std::string> incomplete_;
};

}  // namespace alco::sphinx
