#include "lib/delivery/indexer.h"

#include <algorithm>

#include "lib/collect/json_record.h"
#include "lib/delivery/message_id.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/store/event_limits.h"
#include "lib/version.h"

namespace alco {
namespace {

using std::chrono::milliseconds;

constexpr unsigned kLinesPerClock = 64;  // looking at the clock for every line would cost more than the loop
constexpr unsigned kBusySeconds = 5;     // what "busy" promises
constexpr milliseconds kRetry{1000};
constexpr milliseconds kAckRetry{20};  // while the ack pipe is full
constexpr milliseconds kDrain{5000};   // after a stop, for lines that are here already
constexpr milliseconds kQuiet{1000};   // between two calls of Writer::idle()
constexpr size_t kMaxExcludedPaths = 10'000;

struct Limits {
  uint64_t events, bytes;
  milliseconds age, idle;
};
constexpr Limits kWithPositions{500, uint64_t{4} << 20, milliseconds(200), milliseconds(20)};
constexpr Limits kWithout{131'072, uint64_t{64} << 20, milliseconds(1000), milliseconds(100)};

const Limits& limits(bool positioned) { return positioned ? kWithPositions : kWithout; }

}  // namespace

Indexer::Indexer(LineReader& in, Writer& writer, RejectedFile& rejected, const IndexerOptions& options)
    : in_(in),
      writer_(writer),
      rejected_(rejected),
      options_(options),
      acks_(options.ack_fd),
      positioned_(options.ack_fd >= 0) {
  if (!options_.name.empty()) file_.emplace("alco-index", options_.name);
  may_exclude_ = std::any_of(options_.index.columns.begin(), options_.index.columns.end(),
                             [](const auto& column) { return column.second.excluded; });
}

int Indexer::run() {
  try {
    acks_.hello(std::string("alco-index/") + kVersion);
    return loop();
  } catch (const Error& error) {
    std::string text = error.what();
    if (!positioned_) text += "; committed " + std::to_string(committed_lines_) + " lines";
    throw Error(error.code(), text);
  }
}

void Indexer::write_counters() {
  if (!file_ || !file_->due()) return;
  file_->write({{"lines_total", static_cast<double>(counters_.lines)},
                {"committed_total", static_cast<double>(counters_.committed)},
                {"repeated_total", static_cast<double>(counters_.repeated)},
                {"rejected_total", static_cast<double>(counters_.rejected)},
                {"commits_total", static_cast<double>(counters_.commits)},
                {"pending", static_cast<double>(pending_)},
                {"newest_event_seconds", static_cast<double>(counters_.newest) / kSecond}});
}

int Indexer::loop() {
  Clock::time_point stopped{};
  unsigned lines = 0;
  for (;;) {
    if (!in_.has_line() && !wait_for_line()) {
      if (in_.ended() || stop::requested()) break;
      continue;
    }
    if (lines++ % kLinesPerClock == 0) {
      arrival_ = now();
      if (stop::requested()) {
        if (stopped == Clock::time_point()) stopped = Clock::now();
        if (positioned_ || Clock::now() - stopped > kDrain) break;
      }
    }
    const auto line = in_.next();
    if (!line) break;
    take(*line);
    if (pending_ >= (options_.batch ? options_.batch : limits(positioned_).events) ||
        pending_bytes_ >= limits(positioned_).bytes || (lines % kLinesPerClock == 0 && commit_is_due()))
      commit();
  }
  commit();
  if (!stop::requested()) writer_.finish();
  // What is left in the ack pipe is small; whoever reads it may be busy for a moment.
  for (int tries = 0; !acks_.flush() && tries < 500; ++tries) stop::wait({}, milliseconds(10));
  if (damaged_) return EX_DATAERR;
  return positioned_ && !in_.ended() ? EX_TEMPFAIL : 0;
}

// True if a line came; false when there is none yet, at the end or on a stop. Commits what the quiet allows.
bool Indexer::wait_for_line() {
  const bool acks_left = !acks_.flush();
  if (pending_ == 0 && uncommitted_.empty()) {
    if (in_.wait_line(static_cast<int>((acks_left                       ? kAckRetry
                                        : quiet_ == Clock::time_point() ? idle_limit()
                                                                        : kQuiet)
                                           .count()))) {
      quiet_ = {};
      arrival_ = now();
      return true;
    }
    if (!acks_left && !in_.ended() && !stop::requested()) {
      quiet_ = Clock::now();
      writer_.idle();
      write_counters();
    }
    return false;
  }
  const milliseconds age = options_.interval.count() ? options_.interval : limits(positioned_).age;
  const auto left = std::chrono::duration_cast<milliseconds>(first_ + age - Clock::now());
  if (in_.wait_line(static_cast<int>(std::clamp(left, milliseconds(0), idle_limit()).count()))) {
    arrival_ = now();
    if (commit_is_due()) commit();
    return true;
  }
  if (!in_.ended()) commit();
  return false;
}

milliseconds Indexer::idle_limit() const { return limits(positioned_).idle; }

bool Indexer::commit_is_due() {
  const milliseconds age = options_.interval.count() ? options_.interval : limits(positioned_).age;
  return (pending_ > 0 || !uncommitted_.empty()) && Clock::now() - first_ >= age;
}

void Indexer::take(const LineReader::Line& line) {
  ++counters_.lines;
  if (!line.complete && positioned_) {
    damaged_ = true;
    log::warning("%s:%ju: cut in the middle of a record, which will come again", in_.name().c_str(),
                 static_cast<uintmax_t>(in_.line_number()));
    return;
  }
  if (line.length > options_.max_record) return take_long(line, "line of " + std::to_string(line.length) + " bytes");
  if (line.text.empty()) return;
  const Event& event = parser_.parse(line.text, arrival_);
  if (!parser_.was_json()) {
    if (positioned_) return take_garbage(line);
    if (options_.strict) {
      commit();  // what was good so far
      --committed_lines_;
      throw Error(EX_DATAERR, in_.name() + ":" + std::to_string(in_.line_number()) + ": not a JSON object");
    }
    log::warning_limited("json", "%s:%ju: not a JSON object, stored as text", in_.name().c_str(),
                         static_cast<uintmax_t>(in_.line_number()));
  }
  if (event.members.size() > options_.max_fields)
    return take_long(line, "record of " + std::to_string(event.members.size()) + " fields");
  // A path has the keys of the objects around it: a short line may have long ones. None is longer than the line.
  if ((event.members.size() + 1) * line.text.size() > store::kMostNamesOfEvent)
    if (const size_t bytes = store::name_bytes(event); bytes > store::kMostNamesOfEvent)
      return take_long(line, "record with " + std::to_string(bytes) + " bytes of paths of fields");
  store(event, line.text.size());
}

void Indexer::store(const Event& event, size_t bytes) {
  std::optional<MessageId> id;
  if (!event.id.empty()) {
    id.emplace();
    if (!parse_hex(event.id, *id)) id.reset();
  }
  if (pending_ == 0 && uncommitted_.empty()) first_ = Clock::now();
  if (!event.position.empty()) {
    if (const auto place = parse_place(event.position)) {
      uncommitted_.add(AckVerb::ok, *place);
      epoch_ = place->epoch;
      positioned_ = true;
    }
  }
  pending_newest_ = std::max(pending_newest_, event.time);
  ++pending_;
  pending_bytes_ += bytes;
  writer_.add(may_exclude_ ? without_excluded(event) : event, id);
}

void Indexer::take_long(const LineReader::Line& line, const std::string& what) {
  rejected_.put(
      what + " is over the limit" +
          (line.text.size() < line.length ? "; its first " + std::to_string(line.text.size()) + " bytes" : ""),
      line.text);
  ++counters_.rejected;
  log::warning_limited("long", "%s:%ju: %s cut, see %s", in_.name().c_str(), static_cast<uintmax_t>(in_.line_number()),
                       what.c_str(), rejected_.path().c_str());
  // Position and identity stand at the head of the record, where alco-consume put them.
  std::string head(line.text.substr(0, line.text.find('}')));
  Event cut;
  std::string position, id, text;
  if (head.starts_with("{\"@alco\":{") && head.size() < 200) {
    head += "}}";
    const Event& own = parser_.parse(head, arrival_);
    position = own.position;
    id = own.id;
  }
  JsonRecords::make_truncated(text, line.text, line.length, arrival_);
  cut = parser_.parse(text, arrival_);
  cut.position = position;
  cut.id = id;
  store(cut, text.size());
}

// R13: what is no record here was one before something in between cut or replaced it. Its position is not to be
// trusted.
void Indexer::take_garbage(const LineReader::Line& line) {
  rejected_.put("no record: output of another program, or a record that was cut", line.text);
  ++counters_.rejected;
  damaged_ = true;
  log::warning_limited("garbage", "%s:%ju: not a record, see %s", in_.name().c_str(),
                       static_cast<uintmax_t>(in_.line_number()), rejected_.path().c_str());
}

bool Indexer::excluded(const std::string& path) {
  const auto known = excluded_.find(path);
  if (known != excluded_.end()) return known->second;
  if (excluded_.size() > kMaxExcludedPaths) excluded_.clear();
  return excluded_[path] = options_.index.column(path).excluded;
}

const Event& Indexer::without_excluded(const Event& event) {
  reduced_.time = event.time;
  reduced_.message = event.message;
  if (event.message && excluded("message")) reduced_.message.reset();
  reduced_.members.clear();
  std::string path;
  std::vector<size_t> open;
  unsigned skipping = 0;  // levels of an object that is left out
  for (const Member& member : event.members) {
    if (member.type == Type::object_end) {
      if (skipping > 0) {
        --skipping;
        continue;
      }
      path.resize(open.back());
      open.pop_back();
      reduced_.members.push_back(member);
      continue;
    }
    const bool object = member.type == Type::object_begin;
    if (skipping > 0) {
      skipping += object;
      continue;
    }
    const size_t size = path.size();
    if (size > 0) path += '.';
    path += member.key;
    if (excluded(path)) {
      skipping += object;
      path.resize(size);
      continue;
    }
    reduced_.members.push_back(member);
    if (object)
      open.push_back(size);
    else
      path.resize(size);
  }
  return reduced_;
}

void Indexer::commit() {
  if (pending_ > 0 || !uncommitted_.empty()) {
    rejected_.sync();
    const CommitResult result = commit_when_possible();
    counters_.committed += result.stored;
    counters_.repeated += result.repeated;
    ++counters_.commits;
    counters_.newest = std::max(counters_.newest, pending_newest_);
    acks_.send(uncommitted_);
    uncommitted_.clear();
    pending_ = pending_bytes_ = 0;
    write_counters();
  }
  rejected_.sync();
  committed_lines_ = in_.line_number();
  acks_.flush();
}

// The disk is full or the server is down: says so to both sides and tries again until it works or a stop comes.
CommitResult Indexer::commit_when_possible() {
  bool waiting = false;
  for (;;) {
    try {
      const CommitResult result = writer_.commit();
      if (waiting) log::notice("storing again");
      return result;
    } catch (const Error& error) {
      if (error.code() != EX_TEMPFAIL || stop::requested()) throw;
      log::warning_limited("busy", "%s; waiting, %ju events are held back", error.what(),
                           static_cast<uintmax_t>(pending_));
      waiting = true;
    }
    write_counters();
    if (epoch_) acks_.busy(epoch_, kBusySeconds);
    acks_.flush();
    stop::wait({}, kRetry);
  }
}

}  // namespace alco
