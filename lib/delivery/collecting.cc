#include "lib/delivery/collecting.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "lib/error.h"
#include "lib/log.h"

namespace alco {
namespace {

constexpr std::chrono::seconds kInterval{5};
constexpr uint64_t kMostRead = uint64_t{4} << 20;

std::string gaps_path(const std::string& folder, const IndexName& index) {
  return folder + "/" + index.str() + ".gaps";
}
std::string alive_path(const std::string& folder, const IndexName& index) {
  return folder + "/" + index.str() + ".alive";
}

std::optional<Gap> parse_gap(std::string_view line) {
  const auto json = nlohmann::json::parse(line, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto text = [&](const char* name) {
    const auto it = json.find(name);
    return it != json.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  const auto since = parse_rfc3339(text("since")), until = parse_rfc3339(text("until"));
  const std::string kind = text("kind");
  if (!since || !until || *since > *until || (kind != "down" && kind != "rotated")) return std::nullopt;
  return Gap{kind == "down" ? Gap::Kind::down : Gap::Kind::rotated, *since, *until};
}

}  // namespace

std::string collecting_folder(const std::string& store_url, const std::string& sphinx_dir) {
  return (store_url.starts_with("dir:") ? store_url.substr(4) : sphinx_dir) + "/.consume";
}

void append_gap(Disk& disk, const std::string& folder, const IndexName& index, const Gap& gap) {
  const std::string path = gaps_path(folder, index);
  disk.make_folder(folder);
  const Fd fd = disk.open(path, O_WRONLY | O_CREAT | O_APPEND);
  // The first '\n' ends a line that a crash has cut.
  disk.write(fd.get(), path,
             std::string("\n{\"kind\":\"") + (gap.kind == Gap::Kind::down ? "down" : "rotated") + "\",\"since\":\"" +
                 to_rfc3339(gap.since) + "\",\"until\":\"" + to_rfc3339(gap.until) + "\"}\n");
  disk.sync(fd.get(), path);
  disk.sync_folder(folder);
}

void note_rotated(const std::string& folder, const std::string& index, const std::string& day) {
  const auto number = parse_day_name(day);
  if (!number) return;
  try {
    append_gap(real_disk(), folder, IndexName::require(index),
               {Gap::Kind::rotated, *number * kDay, (*number + 1) * kDay});
  } catch (const Error& error) {
    log::warning("%s", error.what());
  }
}

std::vector<Gap> read_gaps(Disk& disk, const std::string& folder, const IndexName& index) {
  const std::string path = gaps_path(folder, index);
  const Fd fd = disk.open_if_exists(path, O_RDONLY);
  if (!fd) return {};
  const uint64_t size = disk.size(fd.get(), path), begin = size > kMostRead ? size - kMostRead : 0;
  std::string text(size - begin, '\0');
  text.resize(disk.read_at(fd.get(), path, text.data(), text.size(), begin));
  std::vector<Gap> all;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    if (const auto gap = parse_gap(std::string_view(text).substr(at, end - at))) all.push_back(*gap);
    at = end + 1;
  }
  std::sort(all.begin(), all.end(), [](const Gap& a, const Gap& b) { return a.since < b.since; });
  std::vector<Gap> joined;
  for (const Gap& gap : all) {
    const auto before =
        std::find_if(joined.rbegin(), joined.rend(), [&](const Gap& one) { return one.kind == gap.kind; });
    if (before != joined.rend() && before->until >= gap.since)
      before->until = std::max(before->until, gap.until);
    else
      joined.push_back(gap);
  }
  return joined;
}

std::optional<Nanoseconds> last_collected(const std::string& folder, const IndexName& index) {
  struct stat st;
  if (lstat(alive_path(folder, index).c_str(), &st) != 0 || !S_ISREG(st.st_mode)) return std::nullopt;
  return static_cast<Nanoseconds>(st.st_mtim.tv_sec) * kSecond + st.st_mtim.tv_nsec;
}

void CollectingSign::give() {
  const auto current = std::chrono::steady_clock::now();
  if (current < next_) return;
  next_ = current + kInterval;
  try {
    const auto last = last_collected(folder_, index_);
    if (last && now() - *last > kCollectorGone)
      append_gap(real_disk(), folder_, index_, {Gap::Kind::down, *last, now()});
    const std::string path = alive_path(folder_, index_);
    real_disk().make_folder(folder_);
    const Fd fd = real_disk().open(path, O_WRONLY | O_CREAT);
    if (futimens(fd.get(), nullptr) != 0) throw system_error(path, "futimens", errno);
  } catch (const Error& error) {
    log::warning_limited("collecting", "%s", error.what());
  }
}

}  // namespace alco
