#pragma once
// A connection to Redis that pipelines: append() commands, then read as many replies. hiredis 0.14.
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;

namespace alco {

struct RedisAddress {
  std::string host = "127.0.0.1";
  int port = 6379;
  std::string socket;  // a path: then host and port do not count
  std::string user, password;
  int database = 0;

  // nullopt for what is no redis: URL, or a bad one. User and password are percent-decoded.
  static std::optional<RedisAddress> parse(const std::string& url);
  std::string name() const;  // host:port or the socket, for messages
};

class RedisClient {
 public:
  explicit RedisClient(RedisAddress address);
  ~RedisClient();

  // Connects if there is no connection. Everything throws Error(EX_UNAVAILABLE) after a second without an answer, and
  // drops the connection then: replies that were not read are never taken for those of later commands.
  void append(std::initializer_list<std::string_view> words);
  int64_t read_number();
  std::vector<std::string> read_list();
  void skip_reply();

 private:
  struct Reply;
  void connect();
  Reply read();
  [[noreturn]] void fail(const std::string& reason, int code);

  struct Close {
    void operator()(redisContext* context) const;
  };
  RedisAddress address_;
  std::unique_ptr<redisContext, Close> context_;
};

}  // namespace alco
