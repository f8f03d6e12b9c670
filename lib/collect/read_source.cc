#include "lib/collect/read_source.h"

#include <fcntl.h>
#include <sysexits.h>
#include <unistd.h>

#include <cerrno>

#include "lib/collect/file_names.h"
#include "lib/collect/patience.h"
#include "lib/error.h"
#include "lib/log.h"

namespace alco {

ReadSource::ReadSource(const std::vector<std::string>& arguments, ReaderOptions options)
    : options_(std::move(options)) {
  for (const std::string& argument : arguments) {
    if (argument == "-") {
      inputs_.push_back({"-", true});
      continue;
    }
    const NamedFiles found = find_files({argument}, Rotated::include);
    if (!found.missing.empty()) throw Error(EX_NOINPUT, found.missing.front() + ": no such file");
    for (const NamedFile& file : found.files) inputs_.push_back({file.path, file.by_name});
  }
}

bool ReadSource::open_next() {
  while (opened_ < inputs_.size()) {
    const Input& input = inputs_[opened_++];
    try {
      const bool standard = input.path == "-";
      Fd fd = standard ? Fd(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)) : open_input(input.path);
      if (!fd) throw system_error("stdin", "dup", errno);
      const std::string name = standard ? "stdin" : input.path;
      const FileStatus status = file_status(fd.get(), name);
      if (status.folder) throw Error(EX_NOINPUT, name + ": is a folder");
      if (!input.by_name && looks_binary(fd.get())) {
        log::notice("%s: binary, left out", name.c_str());
        continue;
      }
      if (input.by_name && looks_compressed(input.path)) {
        log::warning("%s: compressed, not read (zcat FILE | alco-consume -)", name.c_str());
        continue;
      }
      if (standard && !status.regular && isatty(STDIN_FILENO)) log::notice("reading from the terminal");
      FileStatus as = status;
      if (standard) as.regular = false;  // it may have been read from already, and another may share its position
      reader_ = std::make_shared<FileReader>(std::move(fd), name, as, FileReader::AtEnd::finish, options_);
      return true;
    } catch (const Error& error) {
      if (input.by_name) throw;
      log::warning("%s", error.what());
    }
  }
  return false;
}

Clock::time_point ReadSource::prepare(std::vector<pollfd>& fds, bool wanted) {
  if (!reader_ || !wanted || ended_) return Clock::time_point::max();
  fds.push_back({reader_->fd(), POLLIN, 0});
  return reader_->waiting() ? reader_->last_line() + kPatience : Clock::time_point::max();
}

void ReadSource::work() {
  if (reader_ && reader_->waiting() && Clock::now() >= reader_->last_line() + kPatience) reader_->release();
}

bool ReadSource::next(Record& record) {
  FileReader::Given given;
  while (!ended_) {
    if (!reader_ && (stopped_ || !open_next())) {
      ended_ = true;
    } else if (reader_->next(given)) {
      ++counters_.received;
      given_.add(reader_, given, 0);
      record = std::move(given.record);
      return true;
    } else if (reader_->ended()) {
      reader_.reset();
    } else {
      return false;
    }
  }
  return false;
}

void ReadSource::acked(uint64_t count) {
  given_.acknowledge(count, [](const auto&) {});
}

std::string ReadSource::origin(uint64_t nth) const {
  const auto* entry = given_.at(nth);
  return entry ? file_origin(entry->file->path(), entry->begin) : "{}";
}

void ReadSource::stop() {
  stopped_ = true;
  if (reader_) reader_->stop();
}

}  // namespace alco
