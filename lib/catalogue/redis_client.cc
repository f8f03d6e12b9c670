#include "lib/catalogue/redis_client.h"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <charconv>

#include "lib/error.h"

namespace alco {
namespace {

constexpr timeval kTimeout{1, 0};

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

std::optional<int> number(std::string_view text, int most) {
  int value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > most) return std::nullopt;
  return value;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned code = 0;
    if (i + 2 >= text.size()) return std::nullopt;
    const auto [end, error] = std::from_chars(text.data() + i + 1, text.data() + i + 3, code, 16);
    if (error != std::errc() || end != text.data() + i + 3) return std::nullopt;
    out += static_cast<char>(code);
    i += 2;
  }
  return out;
}

// Takes "user:password@" off the front; false if it is malformed.
bool take_user(std::string_view& rest, RedisAddress& address) {
  const size_t at = rest.substr(0, rest.find('/')).rfind('@');
  if (at == std::string_view::npos) return true;
  const std::string_view info = rest.substr(0, at);
  rest.remove_prefix(at + 1);
  const size_t colon = info.find(':');
  const auto user = percent_decode(info.substr(0, colon));
  const auto password = percent_decode(colon == std::string_view::npos ? "" : info.substr(colon + 1));
  if (!user || !password) return false;
  address.user = *user;
  address.password = *password;
  return true;
}

}  // namespace

std::optional<RedisAddress> RedisAddress::parse(const std::string& url) {
  RedisAddress address;
  std::string_view rest = url;
  if (rest.starts_with("redis+unix:")) {
    rest.remove_prefix(11);
    if (rest.starts_with("//")) {
      rest.remove_prefix(2);
      if (!take_user(rest, address)) return std::nullopt;
    }
    const size_t query = rest.find("?db=");
    if (query != std::string_view::npos) {
      const auto database = number(rest.substr(query + 4), 1 << 20);
      if (!database) return std::nullopt;
      address.database = *database;
      rest = rest.substr(0, query);
    }
    if (!rest.starts_with('/')) return std::nullopt;
    address.socket = rest;
    return address;
  }
  if (!rest.starts_with("redis://")) return std::nullopt;
  rest.remove_prefix(8);
  if (!take_user(rest, address)) return std::nullopt;
  if (const size_t slash = rest.find('/'); slash != std::string_view::npos) {
    const std::string_view text = rest.substr(slash + 1);
    const auto database = text.empty() ? 0 : number(text, 1 << 20);
    if (!database) return std::nullopt;
    address.database = *database;
    rest = rest.substr(0, slash);
  }
  const size_t colon = rest.find(':', rest.starts_with('[') ? rest.find(']') : 0);
  if (colon != std::string_view::npos) {
    const auto port = number(rest.substr(colon + 1), 65535);
    if (!port || *port == 0) return std::nullopt;
    address.port = *port;
    rest = rest.substr(0, colon);
  }
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  if (rest.empty()) return std::nullopt;
  address.host = rest;
  return address;
}

std::string RedisAddress::name() const { return socket.empty() ? host + ":" + std::to_string(port) : socket; }

struct RedisClient::Reply : std::unique_ptr<redisReply, FreeReply> {
  using unique_ptr::unique_ptr;
};

void RedisClient::Close::operator()(redisContext* context) const { redisFree(context); }

RedisClient::RedisClient(RedisAddress address) : address_(std::move(address)) {}
RedisClient::~RedisClient() = default;

void RedisClient::fail(const std::string& reason, int code) {
  context_.reset();
  throw Error(code, "redis " + address_.name() + ": " + reason);
}

void RedisClient::connect() {
  context_.reset(address_.socket.empty() ? redisConnectWithTimeout(address_.host.c_str(), address_.port, kTimeout)
                                         : redisConnectUnixWithTimeout(address_.socket.c_str(), kTimeout));
  if (!context_) fail("out of memory", EX_OSERR);
  if (context_->err) fail(std::string("connect: ") + context_->errstr, EX_UNAVAILABLE);
  if (redisSetTimeout(context_.get(), kTimeout) != REDIS_OK) fail("cannot set a timeout", EX_UNAVAILABLE);
  if (!address_.password.empty()) {
    if (address_.user.empty())
      append({"AUTH", address_.password});
    else
      append({"AUTH", address_.user, address_.password});
    skip_reply();
  }
  if (address_.database != 0) {
    append({"SELECT", std::to_string(address_.database)});
    skip_reply();
  }
}

void RedisClient::append(std::initializer_list<std::string_view> words) {
  if (!context_) connect();
  std::vector<const char*> data;
  std::vector<size_t> sizes;
  for (const std::string_view word : words) {
    data.push_back(word.data());
    sizes.push_back(word.size());
  }
  if (redisAppendCommandArgv(context_.get(), static_cast<int>(data.size()), data.data(), sizes.data()) != REDIS_OK)
    fail(context_->errstr, EX_UNAVAILABLE);
}

RedisClient::Reply RedisClient::read() {
  void* raw = nullptr;
  if (redisGetReply(context_.get(), &raw) != REDIS_OK || !raw) fail(context_->errstr, EX_UNAVAILABLE);
  Reply reply(static_cast<redisReply*>(raw));
  // It said no: out of memory, still loading, wrong password. Another try may find it better.
  if (reply->type == REDIS_REPLY_ERROR) fail(std::string(reply->str, reply->len), EX_UNAVAILABLE);
  return reply;
}

int64_t RedisClient::read_number() {
  const Reply reply = read();
  if (reply->type != REDIS_REPLY_INTEGER) fail("answer is not a number", EX_PROTOCOL);
  return reply->integer;
}

std::vector<std::string> RedisClient::read_list() {
  const Reply reply = read();
  if (reply->type != REDIS_REPLY_ARRAY) fail("answer is not a list", EX_PROTOCOL);
  std::vector<std::string> list;
  for (size_t i = 0; i < reply->elements; ++i) {
    const redisReply& element = *reply->element[i];
    if (element.type != REDIS_REPLY_STRING) fail("answer is not a list of strings", EX_PROTOCOL);
    list.emplace_back(element.str, element.len);
  }
  return list;
}

void RedisClient::skip_reply() { read(); }

}  // namespace alco
