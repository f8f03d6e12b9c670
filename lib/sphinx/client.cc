#include "lib/sphinx/client.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include "lib/error.h"
#include "lib/owned.h"
#include "lib/sphinx/mysql_library.h"

namespace alco::sphinx {
namespace {

void close_connection(MYSQL* mysql) { mysql_library().close(mysql); }
void free_result(MYSQL_RES* result) { mysql_library().free_result(result); }
using MysqlHandle = CPtr<MYSQL, close_connection>;
using MysqlResult = CPtr<MYSQL_RES, free_result>;

constexpr std::chrono::milliseconds kLook(20);  // how often `cancel` is looked at
constexpr size_t kMaxPacket = size_t{64} << 20;
constexpr unsigned kShutdown = 1053, kTooMany = 1040, kMaxedOut = 1203, kFirstClientError = 2000;

int descriptor(MYSQL* mysql) {
#ifdef MARIADB_BASE_VERSION
  return static_cast<int>(mysql_library().get_socket(mysql));
#else
  return static_cast<int>(mysql->net.fd);
#endif
}

// "Can't connect to server on '10.0.0.5' (111)": the number says it better.
std::string described(MYSQL* mysql) {
  const std::string text = mysql_library().error(mysql);
  const size_t open = text.rfind('(');
  int number = 0;
  if (mysql_library().error_number(mysql) < kFirstClientError || open == text.npos) return text;
  const auto [end, problem] = std::from_chars(text.data() + open + 1, text.data() + text.size(), number);
  if (problem != std::errc() || *end != ')' || number <= 0) return text;
  return number == EINPROGRESS ? "no connection" : strerror(number);  // refused, or no answer in time
}

}  // namespace

std::optional<Address> Address::parse(std::string_view url) {
  constexpr std::string_view kScheme = "sphinx:";
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  Address address;
  if (!url.starts_with("//")) {
    if (!url.starts_with("/")) return std::nullopt;
    address.socket = url;
    return address;
  }
  url.remove_prefix(2);
  if (url.ends_with("/")) url.remove_suffix(1);
  size_t colon = url.rfind(':');
  if (url.starts_with("[")) {
    const size_t close = url.find(']');
    if (close == url.npos) return std::nullopt;
    address.host = url.substr(1, close - 1);
    url.remove_prefix(close + 1);
    colon = url.empty() ? url.npos : 0;
    if (!url.empty() && url[0] != ':') return std::nullopt;
  } else {
    address.host = url.substr(0, colon);
  }
  if (address.host.empty() || address.host.find_first_of("/@?#") != address.host.npos) return std::nullopt;
  if (colon == url.npos) return address;
  const std::string_view port = url.substr(colon + 1);
  const auto [end, problem] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (problem != std::errc() || end != port.data() + port.size() || address.port == 0 || address.port > 65535)
    return std::nullopt;
  return address;
}

std::string Address::name() const {
  if (!socket.empty()) return socket;
  const bool brackets = host.find(':') != host.npos;
  return (brackets ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Address::url() const { return (socket.empty() ? "sphinx://" : "sphinx:") + name(); }

bool Address::on_this_host() const {
  return !socket.empty() || host == "localhost" || host == "::1" || host.starts_with("127.");
}

struct Client::Handle {
  MysqlHandle mysql;
};

struct Rows::Result {
  MysqlResult result;
  MYSQL_ROW row = nullptr;
  unsigned long* lengths = nullptr;
};

Client::Client(Address address, Timeouts timeouts) : address_(std::move(address)), timeouts_(timeouts) {}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

bool Client::connected() const { return handle_ != nullptr; }
void Client::close() { handle_.reset(); }

void Client::connect() {
  if (handle_) return;
  auto handle = std::make_unique<Handle>();
  handle->mysql.reset(mysql_library().init(nullptr));
  if (!handle->mysql) throw std::bad_alloc();
  MYSQL* const mysql = handle->mysql.get();
  const auto seconds = [](std::chrono::milliseconds time) {
    return static_cast<unsigned>((time.count() + 999) / 1000);
  };
  const unsigned connect_timeout = seconds(timeouts_.connect), answer_timeout = seconds(timeouts_.answer);
  const unsigned no_files = 0;  // searchd may not ask for ours
  mysql_library().options(mysql, MYSQL_OPT_CONNECT_TIMEOUT, &connect_timeout);
  mysql_library().options(mysql, MYSQL_OPT_READ_TIMEOUT, &answer_timeout);
  mysql_library().options(mysql, MYSQL_OPT_WRITE_TIMEOUT, &answer_timeout);
  mysql_library().options(mysql, MYSQL_OPT_LOCAL_INFILE, &no_files);
  mysql_library().options(mysql, MYSQL_OPT_MAX_ALLOWED_PACKET, &kMaxPacket);
  const char* const host = address_.socket.empty() ? address_.host.c_str() : nullptr;
  const char* const socket = address_.socket.empty() ? nullptr : address_.socket.c_str();
  const unsigned protocol = socket ? MYSQL_PROTOCOL_SOCKET : MYSQL_PROTOCOL_TCP;  // "localhost" is no socket
  mysql_library().options(mysql, MYSQL_OPT_PROTOCOL, &protocol);
  if (!mysql_library().real_connect(mysql, host, "", "", nullptr, address_.port, socket, 0))
    throw Error(EX_UNAVAILABLE, address_.name() + ": connect: " + described(mysql));
  version_ = mysql_library().get_server_info(mysql);
  handle_ = std::move(handle);
  ++connects_;
}

const std::string& Client::version() {
  connect();
  return version_;
}

Engine Client::engine() { return engine_of(version()); }

void Client::fail(const char* call) {
  MYSQL* const mysql = handle_->mysql.get();
  const unsigned number = mysql_library().error_number(mysql);
  const bool link = number >= kFirstClientError || number == kShutdown || number == kTooMany || number == kMaxedOut;
  const std::string what = address_.name() + ": " + call + ": " + described(mysql);
  if (link) close();
  throw Error(link ? EX_UNAVAILABLE : EX_DATAERR, what);
}

// False if it was cancelled.
bool Client::send(std::string_view statement, const std::atomic<bool>* cancel) {
  connect();
  MYSQL* const mysql = handle_->mysql.get();
  warnings_ = 0;
  if (mysql_library().send_query(mysql, statement.data(), statement.size()) != 0) fail("send");
  const auto deadline = std::chrono::steady_clock::now() + timeouts_.answer;
  pollfd fd{descriptor(mysql), POLLIN, 0};
  while (poll(&fd, 1, static_cast<int>(kLook.count())) == 0) {
    if (cancel && cancel->load(std::memory_order_relaxed)) {
      close();
      return false;
    }
    if (std::chrono::steady_clock::now() < deadline) continue;
    close();
    throw NoAnswer(EX_UNAVAILABLE,
                   address_.name() + ": no answer in " + std::to_string(timeouts_.answer.count() / 1000) + " s");
  }
  if (mysql_library().read_query_result(mysql) != 0) fail("searchd");
  return true;
}

Rows Client::query(std::string_view statement, const std::atomic<bool>* cancel) {
  Rows rows(nullptr);
  if (!send(statement, cancel)) return rows;
  rows.result_ = std::make_unique<Rows::Result>();
  rows.result_->result.reset(mysql_library().use_result(handle_->mysql.get()));
  if (!rows.result_->result) {
    if (mysql_library().error_number(handle_->mysql.get()) != 0) fail("searchd");
    return rows;
  }
  rows.client_ = this;
  const unsigned count = mysql_library().num_fields(rows.result_->result.get());
  const MYSQL_FIELD* const fields = mysql_library().fetch_fields(rows.result_->result.get());
  for (unsigned i = 0; i < count; ++i) rows.names_.emplace_back(fields[i].name, fields[i].name_length);
  return rows;
}

uint64_t Client::execute(std::string_view statement, const std::atomic<bool>* cancel) {
  if (!send(statement, cancel)) throw Error(EX_UNAVAILABLE, address_.name() + ": stopped while waiting for an answer");
  MYSQL* const mysql = handle_->mysql.get();
  const MysqlResult unexpected(mysql_library().store_result(mysql));
  warnings_ = mysql_library().warning_count(mysql);
  return mysql_library().affected_rows(mysql);
}

std::vector<std::string> Client::warnings() {
  std::vector<std::string> texts;
  if (!warned()) return texts;
  Rows rows = query("SHOW WARNINGS");
  const auto message = rows.column("Message");
  while (rows.next())
    if (message) texts.emplace_back(rows.text(*message));
  return texts;
}

Rows::Rows(Client* client) : client_(client) {}
Rows::~Rows() {
  if (!client_) return;
  // Freeing the result would read all rows that are left.
  shutdown(descriptor(client_->handle_->mysql.get()), SHUT_RDWR);
  result_.reset();
  client_->close();
}
Rows::Rows(Rows&& other) noexcept
    : client_(std::exchange(other.client_, nullptr)),
      result_(std::move(other.result_)),
      names_(std::move(other.names_)) {}

bool Rows::next() {
  if (!client_) return false;
  result_->row = mysql_library().fetch_row(result_->result.get());
  if (result_->row) {
    result_->lengths = mysql_library().fetch_lengths(result_->result.get());
    return true;
  }
  Client* const client = std::exchange(client_, nullptr);
  MYSQL* const mysql = client->handle_->mysql.get();
  result_->result.reset();  // before the connection
  if (mysql_library().error_number(mysql) != 0) client->fail("searchd");
  client->warnings_ = mysql_library().warning_count(mysql);
  return false;
}

std::optional<size_t> Rows::column(std::string_view name) const {
  const auto found = std::find(names_.begin(), names_.end(), name);
  if (found == names_.end()) return std::nullopt;
  return static_cast<size_t>(found - names_.begin());
}

std::string_view Rows::text(size_t column) const {
  return null(column) ? std::string_view() : std::string_view(result_->row[column], result_->lengths[column]);
}

bool Rows::null(size_t column) const { return result_->row[column] == nullptr; }

namespace {

template <class Number>
Number parsed(std::string_view text) {
  Number number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

int64_t Rows::number(size_t column) const { return parsed<int64_t>(text(column)); }
uint64_t Rows::unsigned_number(size_t column) const { return parsed<uint64_t>(text(column)); }

}  // namespace alco::sphinx
