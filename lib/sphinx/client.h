#pragma once
// A connection to searchd over SphinxQL, the MySQL protocol that SphinxSearch and Manticore speak. One thread at a
// time.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lib/error.h"
#include "lib/sphinx/dialect.h"

namespace alco::sphinx {

struct Address {
  std::string host = "127.0.0.1";
  unsigned port = 9306;
  std::string socket;  // a path: then host and port do not count

  // "sphinx://host[:port]", "sphinx://[::1]:9306", "sphinx:/path/of/socket"; nullopt for anything else.
  static std::optional<Address> parse(std::string_view url);
  std::string name() const;  // "host:port" or the socket, for messages
  std::string url() const;
  bool on_this_host() const;
};

struct Timeouts {
  std::chrono::milliseconds connect{3000};
  std::chrono::milliseconds answer{120'000};  // from a statement to the first byte of its answer, and between bytes
};

class Rows;

// Connects with the first statement. Every failure of the link throws Error(EX_UNAVAILABLE) "host:port: …" and closes
// the connection; the next statement connects again. What searchd refuses throws Error(EX_DATAERR) with its words.
// searchd took the statement and said nothing for Timeouts::answer.
class NoAnswer : public Error {
 public:
  using Error::Error;
};

class Client {
 public:
  explicit Client(Address address, Timeouts timeouts = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;

  // A statement with rows. They are streamed: read or drop them before the next statement. If `cancel` (borrowed)
  // becomes true while searchd works, the connection is closed and there are no rows.
  Rows query(std::string_view statement, const std::atomic<bool>* cancel = nullptr);
  // A statement without rows; the number of those it affected.
  uint64_t execute(std::string_view statement, const std::atomic<bool>* cancel = nullptr);

  // What searchd has to say about the last statement, if warned().
  bool warned() const { return warnings_ > 0; }
  std::vector<std::string> warnings();

  void connect();  // unless connected
  void close();
  bool connected() const;
  uint64_t connects() const { return connects_; }  // so far: more than before means that it may be another searchd
  const std::string& version();                    // "2.2.11-id64-release (95ae9a6)"; connects
  Engine engine();
  const Address& address() const { return address_; }

 private:
  friend class Rows;
  struct Handle;
  bool send(std::string_view statement, const std::atomic<bool>* cancel);
  [[noreturn]] void fail(const char* call);

  Address address_;
  Timeouts timeouts_;
  std::unique_ptr<Handle> handle_;
  std::string version_;
  uint64_t connects_ = 0;
  unsigned warnings_ = 0;
};

class Rows {
 public:
  ~Rows();
  Rows(Rows&&) noexcept;

  // The next row, or false behind the last one. Throws Error(EX_UNAVAILABLE) if the connection breaks.
  bool next();
  size_t columns() const { return names_.size(); }
  const std::vector<std::string>& names() const { return names_; }
  std::optional<size_t> column(std::string_view name) const;

  // Of the present row; valid until the next call of next(). Any bytes. NULL is empty text.
  std::string_view text(size_t column) const;
  bool null(size_t column) const;
  int64_t number(size_t column) const;  // 0 for what is no number
  uint64_t unsigned_number(size_t column) const;

 private:
  friend class Client;
  explicit Rows(Client* client);
  struct Result;
  Client* client_;  // null: cancelled, or read to the end
  std::unique_ptr<Result> result_;
  std::vector<std::string> names_;
};

}  // namespace alco::sphinx
