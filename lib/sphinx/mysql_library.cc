#include "lib/sphinx/mysql_library.h"

#include <dlfcn.h>

#include <string>

#include "lib/error.h"

namespace alco::sphinx {
namespace {

// The interface that was compiled against: the number in the name of the file belongs to it.
#ifdef MARIADB_BASE_VERSION
constexpr const char* kFile = "libmariadb.so.3";
constexpr const char* kPackages = "libmariadb3 (Debian), mariadb-connector-c (FreeBSD)";
#elif MYSQL_VERSION_ID >= 80400
constexpr const char* kFile = "libmysqlclient.so.24";
constexpr const char* kPackages = "libmysqlclient24 (Debian), mysql84-client (FreeBSD)";
#else
constexpr const char* kFile = "libmysqlclient.so.21";
constexpr const char* kPackages = "libmysqlclient21 (Debian), mysql80-client (FreeBSD)";
#endif

[[noreturn]] void fail() {
  const char* const reason = dlerror();
  throw Error(EX_CONFIG, std::string("to talk to searchd ") + kFile + " is needed, of the package " + kPackages + ": " +
                             (reason ? reason : "it can't be loaded"));
}

MysqlLibrary load() {
  void* const file = dlopen(kFile, RTLD_NOW | RTLD_LOCAL);  // never closed
  if (!file) fail();
  const auto find = [file](auto& function, const char* name) {
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(file, name));
    if (!function) fail();
  };
  MysqlLibrary library;
  find(library.affected_rows, "mysql_affected_rows");
  find(library.close, "mysql_close");
  find(library.error_number, "mysql_errno");
  find(library.error, "mysql_error");
  find(library.fetch_fields, "mysql_fetch_fields");
  find(library.fetch_lengths, "mysql_fetch_lengths");
  find(library.fetch_row, "mysql_fetch_row");
  find(library.free_result, "mysql_free_result");
  find(library.get_server_info, "mysql_get_server_info");
  find(library.init, "mysql_init");
  find(library.num_fields, "mysql_num_fields");
  find(library.options, "mysql_options");
  find(library.read_query_result, "mysql_read_query_result");
  find(library.real_connect, "mysql_real_connect");
  find(library.send_query, "mysql_send_query");
  find(library.store_result, "mysql_store_result");
  find(library.use_result, "mysql_use_result");
  find(library.warning_count, "mysql_warning_count");
#ifdef MARIADB_BASE_VERSION
  find(library.get_socket, "mysql_get_socket");
#endif
  decltype(&mysql_server_init) start;
  find(start, "mysql_server_init");  // what the headers call mysql_library_init
  if (start(0, nullptr, nullptr) != 0) throw Error(EX_SOFTWARE, std::string(kFile) + " does not start");
  return library;
}

}  // namespace

const MysqlLibrary& mysql_library() {
  static const MysqlLibrary library = load();
  return library;
}

}  // namespace alco::sphinx
