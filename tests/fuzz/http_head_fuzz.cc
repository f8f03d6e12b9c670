// Fuzz target: bytes of any kind as requests, in one piece and in many. What is taken must have one meaning only.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "lib/http/cursor.h"
#include "lib/http/head.h"
#include "lib/http/json_members.h"
#include "lib/http/url.h"
#include "lib/utf8.h"

using namespace alco::http;

namespace {

const Limits limits;

void require(bool condition) {
  if (!condition) abort();
}

// The end of the head, or nothing, must not depend on how the bytes came.
size_t end_in_pieces(std::string_view input, size_t piece) {
  size_t scanned = 0;
  for (size_t size = piece;; size += piece) {
    const auto end = find_head_end(input.substr(0, size), scanned, limits);
    if (const auto* found = std::get_if<size_t>(&end); !found || *found > 0) return found ? *found : 0;
    if (size >= input.size()) return 0;
  }
}

void check_head(std::string_view block) {
  const auto parsed = parse_head(block, limits);
  const auto* head = std::get_if<Head>(&parsed);
  if (!head) return require(std::get<Refusal>(parsed).status >= 400 && std::get<Refusal>(parsed).status < 500);
  require(head->headers.size() <= limits.headers && head->content_length <= limits.body_bytes);
  require(head->target.front() == '/' && head->target.size() <= limits.uri_bytes);
  std::string again = head->method + " " + head->target + (head->keep_alive ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
  for (const auto& [name, value] : head->headers) {
    require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    again += name + ": " + value + "\r\n";
  }
  const auto second = parse_head(again + "\r\n", limits);
  const auto* same = std::get_if<Head>(&second);
  require(same && same->target == head->target && same->headers.size() == head->headers.size() &&
          same->content_length == head->content_length);
}

void check_target(std::string_view text) {
  const auto target = parse_target(text);
  if (!target) return;
  for (const std::string& segment : target->segments)
    require(!segment.empty() && segment != "." && segment != ".." && segment.find('\0') == std::string::npos);
  std::string again;
  for (const std::string& segment : target->segments) again += "/" + percent_encode(segment);
  if (target->folder) again += "/";
  for (size_t i = 0; i < target->params.size(); ++i)
    again +=
        (i == 0 ? "?" : "&") + percent_encode(target->params[i].first) + "=" + percent_encode(target->params[i].second);
  const auto same = parse_target(again);
  require(same && same->segments == target->segments && same->params == target->params);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const size_t whole = end_in_pieces(input, input.size() + 1);
  const size_t pieces = end_in_pieces(input, 7);
  require(whole == 0 || pieces == 0 || whole == pieces);
  if (whole > 0) check_head(input.substr(0, whole));
  check_head(input);
  check_target(input);
  if (const auto cursor = parse_cursor(input)) require(parse_cursor(to_text(*cursor))->at == cursor->at);
  JsonMembers members(input);
  JsonMembers::Member member;
  while (members.next(member)) require(!member.key.empty() && !member.value.empty());
  return 0;
}
