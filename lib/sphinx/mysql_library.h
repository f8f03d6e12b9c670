#pragma once
// The client library of MariaDB or MySQL, loaded when the first connection to searchd is made: programs that read a
// directory store start without it, and without the libraries it brings along.
#include <mysql/mysql.h>

namespace alco::sphinx {

// The functions under their names without "mysql_".
struct MysqlLibrary {
  decltype(&mysql_affected_rows) affected_rows;
  decltype(&mysql_close) close;
  decltype(&mysql_errno) error_number;
  decltype(&mysql_error) error;
  decltype(&mysql_fetch_fields) fetch_fields;
  decltype(&mysql_fetch_lengths) fetch_lengths;
  decltype(&mysql_fetch_row) fetch_row;
  decltype(&mysql_free_result) free_result;
  decltype(&mysql_get_server_info) get_server_info;
  decltype(&mysql_init) init;
  decltype(&mysql_num_fields) num_fields;
  decltype(&mysql_options) options;
  decltype(&mysql_read_query_result) read_query_result;
  decltype(&mysql_real_connect) real_connect;
  decltype(&mysql_send_query) send_query;
  decltype(&mysql_store_result) store_result;
  decltype(&mysql_use_result) use_result;
  decltype(&mysql_warning_count) warning_count;
#ifdef MARIADB_BASE_VERSION
  decltype(&mysql_get_socket) get_socket;
#endif
};

// Loads it at the first call. Throws Error(EX_CONFIG) that says which package is missing. Thread-safe.
const MysqlLibrary& mysql_library();

}  // namespace alco::sphinx
