#pragma once
// Days of searchd for alco-rotate: makes the indexes of today and tomorrow appear and the expired ones go, without a
// restart; what it did goes to stdout, one line each.
#include <string>

#include "lib/catalogue/catalogue.h"
#include "lib/config.h"
#include "lib/line_writer.h"
#include "lib/retention.h"
#include "lib/sphinx/client.h"
#include "lib/sphinx_conf.h"

namespace alco {

class SphinxRotation {
 public:
  // Borrows all. Throws Error(EX_USAGE) if the store of `config` is no searchd.
  SphinxRotation(const Config& config, LineWriter& out, bool dry_run);

  // All indexes, or one. SphinxSearch is sent SIGHUP, by its pid file, and reads its configuration again, which has to
  // be a #! file of alco-sphinxconf; Manticore in its real-time mode gets CREATE and DROP TABLE. False if something was
  // left undone; the reason is on stderr. Throws Error if searchd does not follow.
  bool rotate(const std::string& only, Force force, Catalogue& catalogue);

  // Has searchd merge the disk chunks of all days but today's; it goes on when this has returned.
  void merge(const std::string& only);

 private:
  struct Plan {
    std::vector<SphinxDay> missing, expired;
    std::vector<SphinxDay> staying;  // of these, the newest of each index
    bool too_many = false;           // expired at once
  };

  std::vector<SphinxDay> served();
  Plan make_plan(const std::string& only, Force force);
  void reload(const Plan& plan);
  void wait_for_searches(const Plan& plan);
  bool wait_until_it_follows(const Plan& plan);
  void hold_binlog(const Plan& plan);
  void create_and_drop(const Plan& plan);
  bool follows(const Plan& plan);

  const Config& config_;
  LineWriter& out_;
  bool dry_run_;
  int64_t today_;
  sphinx::Client client_;
};

// Before a start of searchd: moves its binlog aside if searchd would refuse to start with it (damaged or incomplete
// binlog.meta, or the last start ended with an error of the binlog). The journal of alco-index has the rows. True if it
// moved something or, with `dry_run`, would.
bool heal_binlog(const Config& config, LineWriter& out, bool dry_run);

std::string searchd_setting(const Config& config, const std::string& key, const std::string& otherwise);

}  // namespace alco
