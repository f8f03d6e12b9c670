#pragma once
// All in which Manticore Search (6 and later) differs from SphinxSearch 2.2, for ALCO: nothing else asks which of the
// two it talks to. What they share is not here: SELECT with MATCH, JSON members and GROUP BY, REPLACE, CALL KEYWORDS,
// SHOW TABLES, SHOW STATUS, SHOW VARIABLES, DESCRIBE, the #! line of a configuration, SIGHUP.
//
//                             SphinxSearch 2.2          Manticore
//   version                   2.2.11-id64-release (…)   6.2.12 dc5144d35@230822 (…)
//   section of a table        index x {}                table x {}
//   threads of a query        dist_threads              max_threads_per_query
//   silence of a peer         read_timeout              network_timeout
//   binlog_flush = 1          loses rows at a kill      is the safest
//   full-text field in        field                     text
//   DESCRIBE
//   rows in memory to disk    FLUSH RTINDEX x           FLUSH TABLE x
//   pieces into one           OPTIMIZE INDEX x          OPTIMIZE TABLE x
//   new and expired days      SIGHUP                    SIGHUP if it runs on alco-sphinxconf ("plain mode"), else
//                                                       CREATE TABLE and DROP TABLE ("real-time mode")
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace alco::sphinx {

enum class Engine : unsigned char { sphinx, manticore };

using Settings = std::vector<std::pair<std::string, std::string>>;  // of a section, in order; a name may come again

Engine engine_of(std::string_view version);

// Statements.
std::string flush_table(Engine engine, const std::string& table);
std::string merge_table(Engine engine, const std::string& table);
bool is_full_text(std::string_view described_type);  // a column of DESCRIBE
std::string lower_case(std::string name);            // of a column: both keep it so

// The configuration file.
std::string section_word(Engine engine);
Settings searchd_settings(Engine engine, const std::string& data_dir);
bool loses_rows(Engine engine, const std::string& binlog_flush);

// Manticore's real-time mode. `settings` are those of a section of alco-sphinxconf: of a real-time index, or of a
// distributed one. create_table() leaves a table alone that is there.
std::string create_table(const std::string& table, const Settings& settings);
std::string create_distributed(const std::string& table, const Settings& settings);
std::string drop_table(const std::string& table);

}  // namespace alco::sphinx
