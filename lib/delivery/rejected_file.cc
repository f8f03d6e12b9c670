#include "lib/delivery/rejected_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/event.h"
#include "lib/timestamp.h"
#include "lib/utf8.h"

namespace alco {
namespace {

std::string folder_of(const std::string& path) {
  const size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

std::string rejected_path(const std::string& store_url, const std::string& sphinx_dir, const IndexName& index) {
  const std::string folder = store_url.starts_with("dir:") ? store_url.substr(4) : sphinx_dir;
  return folder + "/" + index.str() + "/rejected";
}

void append_base64(std::string& out, std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t left = bytes.size() - i;
    const auto at = [&](size_t k) { return k < left ? uint32_t{static_cast<unsigned char>(bytes[i + k])} : 0; };
    const uint32_t group = at(0) << 16 | at(1) << 8 | at(2);
    out += kDigits[group >> 18];
    out += kDigits[group >> 12 & 63];
    out += left > 1 ? kDigits[group >> 6 & 63] : '=';
    out += left > 2 ? kDigits[group & 63] : '=';
  }
}

RejectedFile::RejectedFile(Disk& disk, std::string path) : disk_(disk), path_(std::move(path)) {}

void RejectedFile::open() {
  if (file_) return;
  const std::string folder = folder_of(path_);
  disk_.make_folder(folder);
  file_ = disk_.open(path_, O_RDWR | O_CREAT | O_APPEND);
  disk_.sync_folder(folder);
  // A line that a crash cut short must not swallow the next one.
  const uint64_t size = disk_.size(file_.get(), path_);
  char last = '\n';
  if (size > 0) disk_.read_at(file_.get(), path_, &last, 1, size - 1);
  if (last != '\n') disk_.write(file_.get(), path_, "\n");
}

namespace {

std::string head(std::string_view reason, std::string_view origin) {
  std::string line = "{\"rejected_at\":\"" + to_rfc3339(now()) + "\",\"reason\":";
  append_json_string(line, reason);
  if (!origin.empty()) line.append(",\"origin\":").append(origin);
  return line;
}

}  // namespace

void RejectedFile::append(std::string_view line) {
  disk_.lock(file_.get(), path_, true);  // another tool may be copying a long text
  disk_.write(file_.get(), path_, line);
  flock(file_.get(), LOCK_UN);
  dirty_ = true;
  ++count_;
}

void RejectedFile::put(std::string_view reason, std::string_view text, std::string_view origin) {
  open();
  std::string line = head(reason, origin);
  if (utf8::valid(text)) {
    line += ",\"text\":";
    append_json_string(line, text);
    line += "}\n";
  } else {
    line += ",\"base64\":\"";
    append_base64(line, text);
    line += "\"}\n";
  }
  append(line);
}

void RejectedFile::begin(std::string_view reason, std::string_view origin) {
  open();
  carry_.clear();
  spool_path_ = path_ + ".spool" + std::to_string(getpid());
  spool_ = disk_.open(spool_path_, O_RDWR | O_CREAT | O_TRUNC);
  disk_.unlink(spool_path_);
  disk_.write(spool_.get(), spool_path_, head(reason, origin) + ",\"base64\":\"");
}

void RejectedFile::part(std::string_view bytes) {
  carry_ += bytes;
  const size_t whole = carry_.size() / 3 * 3;
  std::string encoded;
  append_base64(encoded, std::string_view(carry_).substr(0, whole));
  carry_.erase(0, whole);
  disk_.write(spool_.get(), spool_path_, encoded);
}

void RejectedFile::end() {
  std::string text;
  append_base64(text, carry_);
  disk_.write(spool_.get(), spool_path_, text + "\"}\n");
  disk_.lock(file_.get(), path_, true);
  text.resize(size_t{64} << 10);
  uint64_t at = 0;
  while (const size_t n = disk_.read_at(spool_.get(), spool_path_, text.data(), text.size(), at)) {
    disk_.write(file_.get(), path_, {text.data(), n});
    at += n;
  }
  flock(file_.get(), LOCK_UN);
  spool_.reset();
  dirty_ = true;
  ++count_;
}

void RejectedFile::sync() {
  if (!dirty_) return;
  disk_.sync(file_.get(), path_);
  dirty_ = false;
}

}  // namespace alco
