#include "lib/http/head.h"

#include <algorithm>
#include <charconv>

namespace alco::http {
namespace {

bool is_token_char(char c) {
  if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
  return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// What the library knows, too: it would answer others by itself.
constexpr std::string_view kMethods[] = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

bool is_token(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char); }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::optional<Refusal> parse_request_line(std::string_view line, const Limits& limits, Head& head) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find(' ', first + 1) != last)
    return Refusal{400, "the request line is not 'METHOD TARGET HTTP/1.1'"};
  const std::string_view method = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::string_view version = line.substr(last + 1);
  if (!is_token(method)) return Refusal{400, "the method is not a word"};
  if (version != "HTTP/1.1" && version != "HTTP/1.0") return Refusal{400, "only HTTP/1.1 and HTTP/1.0 are spoken here"};
  if (std::find(std::begin(kMethods), std::end(kMethods), method) == std::end(kMethods))
    return Refusal{405, "the method is not known here"};
  if (target.size() > limits.uri_bytes) return Refusal{414, "the URI is too long"};
  if (target.empty() || target.front() != '/') return Refusal{400, "the target does not begin with a slash"};
  if (std::any_of(target.begin(), target.end(), [](char c) { return is_control(c) || c == '#'; }))
    return Refusal{400, "the target holds a character that must be percent-encoded"};
  if (std::min(target.find('?'), target.size()) > limits.path_bytes) return Refusal{414, "the path is too long"};
  head.method = method;
  head.target = target;
  head.keep_alive = head.chunks = version == "HTTP/1.1";
  return std::nullopt;
}

std::optional<Refusal> parse_header_line(std::string_view line, Head& head) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
    return Refusal{400, "a header line is not 'Name: value'"};
  const std::string_view value = trim(line.substr(colon + 1));
  if (std::any_of(value.begin(), value.end(), [](char c) { return is_control(c) && c != '\t'; }))
    return Refusal{400, "a header value holds a control character"};
  head.headers.push_back({lower(line.substr(0, colon)), std::string(value)});
  return std::nullopt;
}

// Headers that must come once, or that ask for something that is not done here.
std::optional<Refusal> check_headers(Head& head) {
  size_t hosts = 0, authorizations = 0, users = 0, origins = 0, sites = 0;
  bool has_length = false;
  for (const auto& [name, value] : head.headers) {
    if (name == "host") ++hosts;
    if (name == "authorization") ++authorizations;
    if (name == "x-forwarded-user") ++users;
    if (name == "origin") ++origins;
    if (name == "sec-fetch-site") ++sites;
    if (name == "transfer-encoding") return Refusal{411, "a body must come whole, with a Content-Length"};
    if (name == "content-encoding") return Refusal{415, "a body must not be encoded"};
    if (name == "range") return Refusal{416, "ranges are not served"};
    if (name == "expect") return Refusal{417, "expectations are not met here"};
    if (name == "connection") {
      const std::string options = lower(value);
      if (options.find("close") != std::string::npos) head.keep_alive = false;
    }
    if (name != "content-length") continue;
    const char* end = value.data() + value.size();
    const auto [stop, failed] = std::from_chars(value.data(), end, head.content_length);
    if (has_length || value.empty() || value[0] == '+' || value[0] == '-' || stop != end || failed != std::errc())
      return Refusal{400, "the Content-Length is not one number"};
    has_length = true;
  }
  if (hosts != 1) return Refusal{400, "there must be one Host header"};
  if (authorizations > 1 || users > 1 || origins > 1 || sites > 1)
    return Refusal{400, "a header that says who asks is given twice"};
  return std::nullopt;
}

}  // namespace

const std::string* Head::find(std::string_view name) const {
  for (const Header& header : headers)
    if (header.name == name) return &header.value;
  return nullptr;
}

const std::string* Head::find_last(std::string_view name) const {
  const auto found =
      std::find_if(headers.rbegin(), headers.rend(), [&](const Header& one) { return one.name == name; });
  return found == headers.rend() ? nullptr : &found->value;
}

std::variant<size_t, Refusal> find_head_end(std::string_view received, size_t& scanned, const Limits& limits) {
  const size_t from = scanned > 3 ? scanned - 3 : 0;
  const size_t end = received.substr(0, limits.head_bytes).find("\r\n\r\n", from);
  if (end != std::string_view::npos) return end + 4;
  if (scanned <= limits.uri_bytes + 32 && received.size() > limits.uri_bytes + 32 &&
      received.substr(0, limits.uri_bytes + 32).find('\n') == std::string_view::npos)
    return Refusal{414, "the URI is too long"};
  if (received.size() >= limits.head_bytes) return Refusal{431, "the head of the request is too long"};
  scanned = received.size();
  return size_t{0};
}

std::variant<Head, Refusal> parse_head(std::string_view block, const Limits& limits) {
  Head head;
  bool first = true;
  while (true) {
    const size_t end = block.find("\r\n");
    if (end == std::string_view::npos) return Refusal{400, "the head does not end with an empty line"};
    const std::string_view line = block.substr(0, end);
    block.remove_prefix(end + 2);
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos)
      return Refusal{400, "a line of the head holds a bare CR, LF or NUL"};
    if (first) {
      if (auto refusal = parse_request_line(line, limits, head)) return *refusal;
      first = false;
      continue;
    }
    if (line.empty()) break;
    if (head.headers.size() == limits.headers) return Refusal{431, "there are too many headers"};
    if (auto refusal = parse_header_line(line, head)) return *refusal;
  }
  if (auto refusal = check_headers(head)) return *refusal;
  if (head.content_length > limits.body_bytes) return Refusal{413, "the body is too long"};
  if (head.content_length > 0 && (head.method == "GET" || head.method == "HEAD"))
    return Refusal{400, "a GET request has no body"};
  return head;
}

}  // namespace alco::http
