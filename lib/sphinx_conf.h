#pragma once
// The configuration that searchd (SphinxSearch 2.2) runs on: for each index of ALCO one real-time index a day,
// APP_20261122, from the first day of the retention to tomorrow; the distributed index APP over all of them; and
// APP_20261122_distr over that day and those behind it, so that a query with a known start touches no older day.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lib/config.h"
#include "lib/disk.h"

namespace alco {


struct SphinxDay {
  std::string index;   // of ALCO
  std::string day;     // "20261122"
  std::string name;    // of the real-time index
  std::string folder;  // below data_dir; its files are rt.*
};

// Every day of every configured index that searchd serves, by index and rising day. `today` counts days since 1970;
// `days` replaces each index's retention. Throws Error(EX_CONFIG) for a name that searchd does not take.
std::vector<SphinxDay> sphinx_days(const Config& config, int64_t today, std::optional<int> days);

std::string sphinx_conf(const Config& config, int64_t today, std::optional<int> days);

// Statements for Manticore in its real-time mode, where tables are made by CREATE TABLE: one day; the distributed
// tables, by name.
std::string create_day(const Config& config, const SphinxDay& day);
std::map<std::string, std::string> create_distributed(const Config& config, int64_t today);

// The same days read from such a configuration, made elsewhere: those whose path is FOLDER/INDEX_DAY/rt.
std::vector<SphinxDay> days_of_sphinx_conf(const std::string& text);

// Makes the folders of `days` that are not there, and removes those of older days of the same indexes beside them, but
// for the newest of these: somebody may be reading it. Nothing is removed but files named rt.* and then the empty
// folder.
void prepare_sphinx_folders(Disk& disk, const std::vector<SphinxDay>& days);

}  // namespace alco
