#include "lib/collect/file_reader.h"

#include <fcntl.h>
#include <sys/random.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "lib/collect/last_time.h"
#include "lib/error.h"
#include "lib/event.h"
#include "lib/log.h"
#include "lib/utf8.h"

namespace alco {
namespace {

LineRecordsOptions line_options(const ReaderOptions& options, const Fd& fd, const std::string& path,
                                const FileStatus& status) {
  LineRecordsOptions lines;
  lines.format = options.format;
  lines.max_record = options.max_record;
  if (status.regular) lines.text.source = path;
  lines.text.host = options.host;
  lines.text.written = status.regular ? last_time(fd.get(), path, status.written) : 0;
  lines.text.multiline = options.multiline;
  return lines;
}

// So that two runs over a stream never seem to be one.
FileIdentity identity_of_run() {
  FileIdentity identity;
  uint64_t random[2];
  if (getrandom(random, sizeof random, 0) != sizeof random) throw system_error("getrandom", "read", errno);
  identity.device = random[0];
  identity.inode = random[1];
  return identity;
}

}  // namespace

FileReader::FileReader(Fd fd, std::string path, const FileStatus& status, AtEnd at_end, const ReaderOptions& options)
    : options_(options),
      path_(std::move(path)),
      stream_(!status.regular),
      at_end_(at_end),
      identity_(stream_ ? identity_of_run() : status.identity),
      records_(line_options(options, fd, path_, status), [this](std::string_view text) { reject(text); }),
      input_(std::move(fd), path_, stream_ ? LineInput::Kind::stream : LineInput::Kind::file, options.max_record,
             [this](std::string_view part) { spill(part); }) {}

std::string file_origin(const std::string& path, uint64_t offset) {
  std::string text, out = "{\"file\":";
  utf8::append_repaired(text, path);
  append_json_string(out, text);
  return out + ",\"offset\":" + std::to_string(offset) + "}";
}

// Parts of a line that is too long to hold.
void FileReader::spill(std::string_view part) {
  if (!options_.rejected) return;
  if (!spilling_) options_.rejected->begin("over the size limit", file_origin(path_, input_.given()));
  spilling_ = true;
  options_.rejected->part(part);
}

void FileReader::reject(std::string_view text) {
  if (options_.rejected) {
    options_.rejected->put("over the size limit", text, file_origin(path_, done_));
    options_.rejected->sync();
  }
  log::warning_limited(path_, "%s: record at byte %ju is over the limit of %zu bytes: its head is kept%s%s",
                       path_.c_str(), static_cast<uintmax_t>(done_), options_.max_record,
                       options_.rejected ? ", the whole is in " : "",
                       options_.rejected ? options_.rejected->path().c_str() : "");
}

void FileReader::add(const LineInput::Line& line) {
  const Nanoseconds arrival = now() / 1000 * 1000;  // no store need keep nanoseconds that say nothing
  last_line_ = Clock::now();
  if (!line.spilled) return records_.add(line.text, arrival, line.end);
  if (spilling_) {
    options_.rejected->end();
    options_.rejected->sync();
  }
  spilling_ = false;
  log::warning_limited(path_, "%s: line of %ju bytes is over the limit of %zu: its head is kept%s%s", path_.c_str(),
                       static_cast<uintmax_t>(line.length), options_.max_record,
                       options_.rejected ? ", the whole is in " : "",
                       options_.rejected ? options_.rejected->path().c_str() : "");
  records_.add_truncated(line.text, line.length, arrival, line.end);
}

// The text is part of it: after a crash it may be cut into other events, and none of them may be taken for another.
MessageId FileReader::id_of(uint64_t begin) {
  IdHash id(*options_.key);
  const FileIdentity& who = identity();
  id.add(who.device), id.add(who.inode), id.add(static_cast<uint64_t>(who.born));
  id.add(who.first);
  id.add(who.generation);
  id.add(begin);
  id.add(out_.content);
  return id.finish();
}

bool FileReader::next(Given& given) {
  LineInput::Line line;
  while (!records_.next(out_)) {
    if (finished_) {
      ended_ = true;
      return false;
    }
    if (rewritten_) begin_generation();  // what was held back of the old text has been given
    const LineInput::Got got = input_.next(line);
    if (got == LineInput::Got::line) {
      add(line);
    } else if (got == LineInput::Got::end || (!stream_ && at_end_ == AtEnd::finish)) {
      if (input_.rest(line)) add(line);
      // What next() gives now is in order: the line just added, then what waited for another.
      finished_ = true;
      records_.finish();
    } else {
      return false;
    }
  }
  if (records_.renamed() != renamed_) {
    renamed_ = records_.renamed();
    log::warning_limited("@alco " + path_, "%s: member @alco renamed @alco_x", path_.c_str());
  }
  given.begin = done_;
  given.end = done_ = out_.end;
  given.record.id = options_.key ? std::optional(id_of(given.begin)) : std::nullopt;
  given.record.json.swap(out_.json);
  return true;
}

void FileReader::stop() {
  if (stream_)
    input_.stop_reading();
  else
    ended_ = finished_ = true;
}

FileReader::Change FileReader::check() {
  if (rewritten_) return Change::grown;  // known, and not yet begun anew
  const FileStatus status = file_status(input_.fd(), path_);
  const uint64_t position = input_.position();
  const std::string& tail = input_.tail();
  if (status.size < position) return Change::rewritten;
  if (status.size == position && status.written == written_) return Change::none;
  written_ = status.written;
  char now_there[64];
  const size_t size = std::min(tail.size(), sizeof now_there);
  if (pread(input_.fd(), now_there, size, static_cast<off_t>(position - size)) != static_cast<ssize_t>(size) ||
      memcmp(now_there, tail.data() + tail.size() - size, size) != 0)
    return Change::rewritten;
  records_.set_written(status.written);
  return status.size == position ? Change::none : Change::grown;
}

void FileReader::seek(uint64_t offset) {
  char before[64];
  const size_t wanted = std::min<uint64_t>(sizeof before, offset);
  const ssize_t got = pread(input_.fd(), before, wanted, static_cast<off_t>(offset - wanted));
  if (got < 0) throw system_error(path_, "read", errno);
  input_.seek(offset, std::string(before, static_cast<size_t>(got)));
  done_ = offset;
}

void FileReader::restart() {
  records_.finish();
  rewritten_ = true;
}

void FileReader::begin_generation() {
  rewritten_ = false;
  ++identity_.generation;
  identity_.first.clear();
  if (spilling_) options_.rejected->end();
  spilling_ = false;
  input_.seek(0, {});
  done_ = 0;
}

const FileIdentity& FileReader::identity() {
  if (!stream_ && identity_.first.empty()) identity_.first = hash_first_line(input_.fd(), path_);
  return identity_;
}

Fd open_input(const std::string& path) {
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd >= 0) return Fd(fd);
  const int why = errno;
  Error error = system_error(path, "open", why);
  throw why == ENOENT ? Error(EX_NOINPUT, error.what()) : error;
}

bool looks_binary(int fd) {
  char data[4096];
  const ssize_t size = pread(fd, data, sizeof data, 0);
  return size > 0 && memchr(data, '\0', static_cast<size_t>(size)) != nullptr;
}

}  // namespace alco
