#include "lib/delivery/ack_stream.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>

namespace alco {
namespace {

constexpr size_t kMaxLine = 128;
constexpr size_t kMaxPacket = 512;  // PIPE_BUF is never less
constexpr const char* kVerbs[] = {"hello", "ok", "drop", "bad", "busy"};

std::optional<uint64_t> parse_number(std::string_view text, int base) {
  uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (failed != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::string_view word(std::string_view& text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  const std::string_view first = text.substr(0, text.find(' '));
  text.remove_prefix(first.size());
  return first;
}

bool parse_range(std::string_view text, Ack& ack) {
  const size_t dash = text.find('-');
  const auto first = parse_number(text.substr(0, dash), 10);
  const auto last = dash == std::string_view::npos ? first : parse_number(text.substr(dash + 1), 10);
  if (!first || !last || *first == 0 || *first > *last) return false;
  ack.first = *first;
  ack.last = *last;
  return true;
}

std::optional<Ack> parse_ack(std::string_view text) {
  const std::string_view verb = word(text);
  Ack ack{AckVerb::hello};
  if (verb == "hello") return word(text) == "1" ? std::optional(ack) : std::nullopt;
  if (verb == "ok")
    ack.verb = AckVerb::ok;
  else if (verb == "drop")
    ack.verb = AckVerb::drop;
  else if (verb == "bad")
    ack.verb = AckVerb::bad;
  else if (verb == "busy")
    ack.verb = AckVerb::busy;
  else
    return std::nullopt;
  const auto epoch = parse_number(word(text), 16);
  if (!epoch) return std::nullopt;
  ack.epoch = *epoch;
  const std::string_view range = word(text);
  if (!text.empty()) return std::nullopt;
  if (ack.verb != AckVerb::busy) return parse_range(range, ack) ? std::optional(ack) : std::nullopt;
  const auto seconds = parse_number(range, 10);
  if (!seconds) return std::nullopt;
  ack.first = *seconds;
  return ack;
}

}  // namespace

std::optional<Place> parse_place(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto epoch = parse_number(text.substr(0, colon), 16);
  const auto seq = parse_number(text.substr(colon + 1), 10);
  if (!epoch || !seq || *seq == 0) return std::nullopt;
  return Place{*epoch, *seq};
}

void append_place(std::string& out, const Place& place) {
  char text[48];
  const int length =
      snprintf(text, sizeof text, "%016jx:%ju", static_cast<uintmax_t>(place.epoch), static_cast<uintmax_t>(place.seq));
  out.append(text, static_cast<size_t>(length));
}

void AckRanges::add(AckVerb verb, const Place& place) {
  if (!ranges_.empty()) {
    Ack& last = ranges_.back();
    if (last.verb == verb && last.epoch == place.epoch && last.last + 1 == place.seq) {
      ++last.last;
      return;
    }
  }
  ranges_.push_back({verb, place.epoch, place.seq, place.seq});
}

void AckRanges::append(const AckRanges& more) {
  ranges_.insert(ranges_.end(), more.ranges_.begin(), more.ranges_.end());
}

AckWriter::AckWriter(int fd) : fd_(fd) {
  if (fd_ < 0) return;
  const int flags = fcntl(fd_, F_GETFL);
  if (flags >= 0) fcntl(fd_, F_SETFL, flags | O_NONBLOCK);
}

void AckWriter::line(std::string_view text) {
  if (fd_ < 0) return;
  if (packets_.empty() || packets_.back().size() + text.size() + 1 > kMaxPacket) packets_.emplace_back();
  packets_.back().append(text).push_back('\n');
}

void AckWriter::hello(std::string_view who) { line("hello 1 " + std::string(who)); }

void AckWriter::send(const AckRanges& ranges) {
  char text[kMaxLine];
  for (const Ack& ack : ranges.ranges()) {
    snprintf(text, sizeof text, "%s %016jx %ju-%ju", kVerbs[static_cast<size_t>(ack.verb)],
             static_cast<uintmax_t>(ack.epoch), static_cast<uintmax_t>(ack.first), static_cast<uintmax_t>(ack.last));
    line(text);
  }
}

void AckWriter::busy(uint64_t epoch, unsigned seconds) {
  char text[kMaxLine];
  snprintf(text, sizeof text, "busy %016jx %u", static_cast<uintmax_t>(epoch), seconds);
  line(text);
}

bool AckWriter::flush() {
  size_t done = 0;
  while (fd_ >= 0 && done < packets_.size()) {
    const std::string& packet = packets_[done];
    const ssize_t n = write(fd_, packet.data(), packet.size());
    if (n == static_cast<ssize_t>(packet.size())) {
      ++done;
    } else if (n > 0) {
      packets_[done].erase(0, static_cast<size_t>(n));  // not a pipe
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      fd_ = -1;  // whoever waited for these is gone and will get the records again
    }
  }
  if (fd_ < 0) done = packets_.size();
  packets_.erase(packets_.begin(), packets_.begin() + static_cast<ptrdiff_t>(done));
  return packets_.empty();
}

void AckParser::feed(std::string_view bytes, const std::function<void(const Ack&)>& visit) {
  while (!bytes.empty()) {
    const size_t newline = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, newline);
    if (!skipping_) partial_.append(piece.substr(0, kMaxLine + 1));
    if (partial_.size() > kMaxLine) skipping_ = true;
    if (newline == std::string_view::npos) return;
    bytes.remove_prefix(newline + 1);
    const auto ack = skipping_ ? std::nullopt : parse_ack(partial_);
    if (ack)
      visit(*ack);
    else
      ++ignored_;
    partial_.clear();
    skipping_ = false;
  }
}

}  // namespace alco
