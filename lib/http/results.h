#pragma once
// One event as the interface shows it: {"id", "datetime", "logline", "spans", "logline_snippet", "js", "match", …}.
#include <string>
#include <vector>

#include "lib/http/json_writer.h"
#include "lib/http/search.h"
#include "lib/store/store.h"

namespace alco::http {

inline constexpr size_t kMemberBytes = 64 * 1024;  // longer ones are cut in a list

// What a hit must carry for append_result(), by the parameters `cols` (then js holds only those) and `mark`.
struct ResultShape {
  std::vector<std::string> columns;
  bool only_columns = false;  // cols was given

  explicit ResultShape(const Request& request);
  void prepare(ScanRequest& scan, const Search& search) const;
};

struct ResultExtras {
  bool match = true;
  bool anchor = false;
};

void append_result(std::string& out, const Hit& hit, const ResultShape& shape, Search& search,
                   const ResultExtras& extras);

}  // namespace alco::http
