#include "lib/http/rejected_lines.h"

#include <fcntl.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/utf8.h"

namespace alco::http {
namespace {

constexpr uint64_t kMostRead = 64 * 1024 * 1024;
constexpr size_t kHead = 400;  // of a line: its time and its reason are in there
constexpr size_t kMostGroups = 1000;
constexpr Nanoseconds kApart = 60 * kSecond;

// The text of a member that RejectedFile wrote; empty if it is not there or cut.
std::string member(std::string_view line, std::string_view begin) {
  const size_t at = line.find(begin);
  if (at == std::string_view::npos) return "";
  line.remove_prefix(at + begin.size());
  std::string text;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '"') return text;
    if (line[i] == '\\' && ++i < line.size() && line[i] != '"' && line[i] != '\\')
      text += ' ';
    else if (i < line.size())
      text += line[i];
  }
  return "";
}

}  // namespace

void RejectedLines::take_line(Seen& seen) {
  ++seen.all.lines;
  const auto time = parse_rfc3339(member(seen.head, "{\"rejected_at\":\""));
  std::string reason = member(seen.head, "\"reason\":\"");
  seen.head.clear();
  if (!time) return;
  if (!utf8::valid(reason)) {  // the file is damaged
    const std::string bytes = std::exchange(reason, {});
    utf8::append_repaired(reason, bytes);
  }
  auto& groups = seen.all.groups;
  if (!groups.empty() && groups.back().reason == reason && *time - groups.back().until < kApart) {
    ++groups.back().lines;
    groups.back().until = *time;
    return;
  }
  if (groups.size() >= kMostGroups) groups.erase(groups.begin());
  groups.push_back({*time, *time, 1, std::move(reason)});
}

void RejectedLines::read(const std::string& path, Seen& seen) {
  const Fd fd = real_disk().open_if_exists(path, O_RDONLY);
  const uint64_t size = fd ? real_disk().size(fd.get(), path) : 0;
  if (size < seen.offset) seen = {};  // a person has emptied it
  std::vector<char> block(std::min<uint64_t>(size - seen.offset, 256 * 1024));
  const uint64_t end = std::min(size, seen.offset + kMostRead);
  while (seen.offset < end) {
    const size_t got = real_disk().read_at(fd.get(), path, block.data(), block.size(), seen.offset);
    if (got == 0) break;
    seen.offset += got;
    std::string_view rest(block.data(), got);
    for (size_t newline; (newline = rest.find('\n')) != std::string_view::npos; rest.remove_prefix(newline + 1)) {
      seen.head.append(rest.substr(0, std::min(newline, kHead - seen.head.size())));
      take_line(seen);
    }
    seen.head.append(rest.substr(0, kHead - seen.head.size()));
  }
}

RejectedLines::All RejectedLines::of(const std::string& path) {
  std::lock_guard lock(mutex_);
  Seen& seen = seen_[path];
  try {
    read(path, seen);
  } catch (const Error& error) {
    log::warning_limited(path, "%s", error.what());
  }
  return seen.all;
}

}  // namespace alco::http
