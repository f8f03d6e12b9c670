#pragma once
// One run of alco-rotate over one index of a directory store; what it did goes to stdout, one line each.
#include <string>

#include "lib/catalogue/catalogue.h"
#include "lib/index_name.h"
#include "lib/line_writer.h"
#include "lib/retention.h"

namespace alco {

class Rotation {
 public:
  // Borrows `out`; `root` is the folder of the store. With `dry_run` it only says what it would do.
  Rotation(std::string root, LineWriter& out, bool dry_run) : root_(std::move(root)), out_(out), dry_run_(dry_run) {}

  // Removes days, and what the catalogue last saw before the first day that is kept. False if the plan left something
  // undone; the reason is on stderr.
  bool drop_days(const IndexName& index, const Retention& retention, Force force, Catalogue& catalogue);
  void merge(const IndexName& index);   // every day that is in more than one piece
  bool verify(const IndexName& index);  // false if something is damaged

 private:
  std::string root_;
  LineWriter& out_;
  bool dry_run_;
};

}  // namespace alco
