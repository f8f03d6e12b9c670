#include "lib/delivery/deliver.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <random>

#include "lib/delivery/delivery_loop.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/stop.h"
#include "lib/supervisor.h"

namespace alco {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr size_t kComposeAtOnce = size_t{256} << 10;
constexpr unsigned kMaxDeaths = 5;
constexpr milliseconds kFirstDelay{100}, kLongestDelay{30'000};
constexpr milliseconds kGapStall{300};  // alco-index has answered for all that reached it by then
constexpr seconds kDyingTerm{5}, kDyingKill{10};
constexpr seconds kHealthyAfter{10};  // a run that lived so long is none of "dies at once"
constexpr seconds kExplainAfter{5};
constexpr milliseconds kHelloLimit{2000};  // a pipeline that knows no hello is taken as healthy after that

uint64_t random_epoch() {
  std::random_device random;
  return uint64_t{random()} << 32 | random();
}

// Full jitter: many consumers of one broken store must not come back in step.
milliseconds delay_after(unsigned deaths) {
  const auto longest = std::min(kLongestDelay, kFirstDelay * (1 << std::min(deaths, 9u)));
  std::random_device random;
  return longest / 2 + milliseconds(random() % static_cast<unsigned>(longest.count() / 2));
}

// Not for a terminal or a file: the flag belongs to the open file, and so to other programs too.
void make_nonblocking(int fd) {
  struct stat st;
  if (fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode)))
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

}  // namespace

int deliver(Source& source, const DeliveryOptions& options) { return DeliveryLoop(source, options).run(); }

DeliveryLoop::DeliveryLoop(Source& source, const DeliveryOptions& options)
    : source_(source),
      options_(options),
      window_(options.acks_required),
      stats_(options.index, options.stats),
      rejected_(real_disk(), options.rejected_file) {
  if (!options.collecting_folder.empty()) sign_.emplace(options.collecting_folder, IndexName::require(options.index));
  if (piped()) return;
  make_nonblocking(STDOUT_FILENO);
  if (options_.ack_fd >= 0) make_nonblocking(options_.ack_fd);
}

DeliveryLoop::~DeliveryLoop() = default;

int DeliveryLoop::run() {
  start();
  for (;;) {
    check_signals();
    source_.work();
    if (source_.lost()) {
      window_.forget();
      window_.restart(random_epoch());
    }
    if (pipeline_) pipeline_->collect();
    read_acks();
    return_safe();
    step();
    read_again();
    fill();
    send();
    return_safe();
    stats_.report(source_, window_, false);
    tell_supervisor();
    if (sign_ && source_.connected()) sign_->give();
    if (const auto code = finished()) return leave(*code);
    wait();
  }
}

void DeliveryLoop::start() {
  window_.restart(random_epoch());
  out_.clear();
  written_ = 0;
  parser_ = AckParser();
  if (piped()) pipeline_ = std::make_unique<Pipeline>(options_.stages, options_.environment);
  phase_ = Phase::running;
  hello_ = progressed_ = false;
  input_open_ = true;
  started_ = phase_since_ = progress_ = Clock::now();
  busy_until_ = {};
}

void DeliveryLoop::check_signals() {
  if (stop::reload_requested()) {
    supervisor::reloading("reading the configuration again");
    const bool taken_over = source_.reload();
    announced_ = false;
    if (taken_over && phase_ == Phase::running && piped()) {  // the stages read the configuration when they start
      phase_ = Phase::closing;
      phase_since_ = Clock::now();
    }
  }
  if (!stop::requested() || stopping_) return;
  stopping_ = true;
  supervisor::stopping("storing the last records");
  drain_until_ = Clock::now() + options_.drain;
  source_.stop();
}

void DeliveryLoop::step() {
  const auto now = Clock::now();
  switch (phase_) {
    case Phase::down:
      if (!stopping_ && now >= respawn_) start();
      break;
    case Phase::running: {
      if (!piped()) break;
      if (pipeline_->any_ended()) {
        phase_ = Phase::dying;
        phase_since_ = now;
        break;
      }
      const bool batch_full = options_.batch > 0 && window_.sent() >= options_.batch;
      const bool nothing_more = source_drained_ && !window_.has_unsent() && window_.held() == 0;
      if (batch_full || nothing_more || stalled()) {
        phase_ = Phase::closing;
        phase_since_ = now;
      } else if (hunt_.active() && window_.held() > 0 && window_.unanswered() == 0 && !window_.has_unsent() &&
                 now - started_ > kHelloLimit) {
        hunt_.try_again(window_);
      }
      break;
    }
    case Phase::closing:
      step_closing();
      break;
    case Phase::dying:
      step_dying();
      break;
  }
}

void DeliveryLoop::step_closing() {
  const auto now = Clock::now();
  if (input_open_) {
    if (pipeline_->any_ended()) {
      phase_ = Phase::dying;
      phase_since_ = now;
      return;
    }
    const uint64_t left = out_.size() - written_ + static_cast<uint64_t>(pipeline_->unread());
    if (left == 0) {
      pipeline_->close_input();
      input_open_ = false;
      phase_since_ = now;
      return;
    }
    if (left != unread_) phase_since_ = now;  // slow is not stuck
    unread_ = left;
    if (now < busy_until_ || now - phase_since_ < std::max<milliseconds>(options_.stall * 2, seconds(5))) return;
    waiting_for_ = "the first stage does not read its input";
    phase_ = Phase::dying;
    phase_since_ = now - kDyingTerm;
    return;
  }
  if (pipeline_->all_ended()) return end_of_run();
  if (now < busy_until_ || now - phase_since_ < options_.drain) return;
  waiting_for_ = "a stage does not end after its input did";
  phase_ = Phase::dying;
  phase_since_ = now - kDyingTerm;
}

void DeliveryLoop::step_dying() {
  if (input_open_) {
    pipeline_->close_input();
    input_open_ = false;
    waiting_for_ = pipeline_->any_ended() ? pipeline_->verdict() + " before the end of its input" : waiting_for_;
    out_.clear();
    written_ = 0;
    if (!pipeline_->any_ended() && Clock::now() - phase_since_ >= kDyingTerm) pipeline_->signal(SIGTERM);
  }
  if (pipeline_->all_ended()) {
    read_acks();
    return_safe();
    return after_death(waiting_for_);
  }
  const auto since = Clock::now() - phase_since_;
  if (since > kDyingKill)
    pipeline_->signal(SIGKILL);
  else if (since > kDyingTerm)
    pipeline_->signal(SIGTERM);
}

// R6: the input was closed, and all stages ended.
void DeliveryLoop::end_of_run() {
  read_acks();
  const bool success = pipeline_->all_succeeded();
  if (success) {
    stats_.committed += window_.unanswered();
    progressed_ = progressed_ || window_.unanswered() > 0;
    const uint64_t answered = window_.unanswered();
    window_.mark_sent_safe();
    set_aside(hunt_.answered(window_, answered), "killed the pipeline");
  }
  return_safe();
  if (!success) return after_death(pipeline_->verdict());
  deaths_ = 0;
  pipeline_.reset();
  phase_ = Phase::down;
  respawn_ = Clock::now();
  if (!(source_drained_ && window_.size() == 0) && !stopping_) start();
}

void DeliveryLoop::after_death(const std::string& verdict) {
  ++stats_.restarts;
  const bool healthy = progressed_ || (hello_ && Clock::now() - started_ > kHealthyAfter);
  deaths_ = healthy ? 0 : deaths_ + 1;
  const bool worked = hello_ || Clock::now() - started_ > kHelloLimit;
  const bool hunted =
      worked && pipeline_->crashed(phase_ == Phase::closing ? Pipeline::When::at_end : Pipeline::When::early);
  if (!options_.rejected_file.empty())
    set_aside(hunt_.died(window_, hunted && !progressed_), "killed the pipeline: " + verdict);
  if (hunt_.active() && !hunt_.hopeless(window_)) deaths_ = std::min(deaths_, 1u);
  const bool patient = pipeline_->unavailable() && !pipeline_->refused();
  if (hunt_.hopeless(window_) || (deaths_ >= kMaxDeaths && !patient)) hopeless_ = true;
  waiting_for_ = verdict;
  const milliseconds delay = delay_after(deaths_);
  if (patient)
    log::warning_limited("death", "%s; started again until it works", verdict.c_str());
  else
    log::warning_limited("death", "%s; %s", verdict.c_str(), hopeless_ ? "giving up" : "started again");
  pipeline_.reset();
  phase_ = Phase::down;
  respawn_ = Clock::now() + delay;
  window_.restart(random_epoch());
  out_.clear();
  written_ = 0;
}

void DeliveryLoop::set_aside(const std::vector<uint64_t>& records, const std::string& reason) {
  for (const uint64_t nth : records) {
    rejected_.put(reason, window_.json(nth), source_.origin(nth));
    rejected_.sync();
    window_.set_safe(nth);
    ++stats_.rejected;
    progressed_ = true;
    log::error("a record that kills the pipeline was set aside in %s", rejected_.path().c_str());
  }
}

void DeliveryLoop::fill() {
  source_drained_ = false;
  while (!given_back_ && window_.size() < options_.window && window_.bytes() < options_.max_bytes) {
    if (options_.limit > 0 && taken_ >= options_.limit) {
      source_drained_ = true;
      break;
    }
    Record record;
    if (!source_.next(record)) {
      source_drained_ = source_.ended();
      break;
    }
    window_.add(std::move(record));
    ++taken_;
  }
  if (given_back_ && stopping_) source_drained_ = true;
}

void DeliveryLoop::send() {
  more_ = false;
  if (phase_ == Phase::down || phase_ == Phase::dying || !input_open_) return;
  if (hunt_.active() && !hello_ && Clock::now() - started_ < kHelloLimit) return;
  // A run that is closing takes no more, except at the end, when all that is here shall still go out.
  const bool compose = phase_ == Phase::running || (stopping_ && phase_ == Phase::closing);
  for (;;) {
    while (compose && out_.size() < kComposeAtOnce && window_.has_unsent() && window_.unanswered() < hunt_.allowed() &&
           (options_.batch == 0 || window_.sent() < options_.batch)) {
      if (window_.unanswered() == 0) progress_ = Clock::now();
      if (piped() || options_.ack_fd >= 0)
        window_.send_next(out_);
      else
        window_.send_plain(out_);
    }
    if (out_.empty()) return;
    write_out();
    if (!out_.empty()) return;
    if (!piped() && options_.ack_fd < 0 && options_.ack == AckMode::written) {
      stats_.committed += window_.unanswered();
      window_.mark_sent_safe();
      more_ = true;
      return;
    }
  }
}

void DeliveryLoop::write_out() {
  const int fd = piped() ? pipeline_->input() : STDOUT_FILENO;
  while (written_ < out_.size()) {
    const ssize_t n = write(fd, out_.data() + written_, out_.size() - written_);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (n < 0 && errno == EPIPE) {
      if (!piped()) {
        reader_gone_ = true;
      } else {  // it will end in a moment, or has closed its input for good
        waiting_for_ = "the first stage closed its input";
        phase_ = Phase::dying;
        phase_since_ = Clock::now();
      }
      return;
    }
    if (n < 0) throw system_error(piped() ? "stage 1" : "stdout", "write", errno);
    written_ += static_cast<size_t>(n);
  }
  out_.clear();
  written_ = 0;
}

void DeliveryLoop::read_acks() {
  const int fd = piped() ? (pipeline_ ? pipeline_->acks() : -1) : options_.ack_fd;
  char buffer[4096];
  while (fd >= 0) {
    const ssize_t n = read(fd, buffer, sizeof buffer);
    if (n <= 0) {
      if (n == 0 && piped() && !pipeline_->all_ended()) pipeline_->close_acks();
      if (n == 0 && !piped()) reader_gone_ = true;
      return;
    }
    parser_.feed({buffer, static_cast<size_t>(n)}, [this](const Ack& ack) { on_ack(ack); });
  }
}

void DeliveryLoop::on_ack(const Ack& ack) {
  const auto now = Clock::now();
  switch (ack.verb) {
    case AckVerb::hello:
      hello_ = true;
      given_back_ = false;
      return;
    case AckVerb::busy:
      busy_until_ = now + seconds(std::min<uint64_t>(ack.first, 3600));
      waiting_for_ = "the store can't take more at the moment";
      return;
    default:
      break;
  }
  const uint64_t before = window_.unanswered();
  if (!window_.mark(ack)) {
    absurd_ = true;
    log::error("the last stage acknowledged record %ju, of which only %ju were sent", static_cast<uintmax_t>(ack.last),
               static_cast<uintmax_t>(window_.sent()));
    return;
  }
  given_back_ = false;
  busy_until_ = {};
  const uint64_t answered = before - window_.unanswered();
  if (answered == 0) return;
  progress_ = now;
  progressed_ = true;
  deaths_ = 0;
  if (ack.verb == AckVerb::bad)
    stats_.rejected += answered;
  else
    stats_.committed += answered;
  set_aside(hunt_.answered(window_, answered), "killed the pipeline");
}

void DeliveryLoop::return_safe() {
  const uint64_t count = window_.take_safe();
  if (count == 0) return;
  stats_.acknowledged += count;
  source_.acked(count);
}

// R8: filters in the middle keep some records for themselves, which only the end of the run can tell.
bool DeliveryLoop::stalled() const {
  const auto now = Clock::now();
  if (window_.unanswered() == 0 || now < busy_until_) return false;
  if (now - progress_ >= options_.stall) return true;
  if (now - progress_ < kGapStall || !out_.empty() || window_.size() < options_.window) return false;
  return window_.has_gap() && pipeline_->unread() == 0;
}

// Before the broker's own limit (30 minutes) is reached.
bool DeliveryLoop::unavailable_for_long() const {
  return window_.size() > 0 && Clock::now() - window_.oldest() >= options_.give_back;
}

// After all was given back: a last stage that says nothing is taken as able again when it is alive and not busy. Who
// only peeks has seen what there is.
void DeliveryLoop::read_again() {
  if (!given_back_ || phase_ != Phase::running || !out_.empty()) return;
  if (!piped() && options_.ack_fd < 0 && options_.ack == AckMode::none) return;
  const auto now = Clock::now();
  if (now >= busy_until_ && now - std::max(started_, given_back_since_) > kHelloLimit) given_back_ = false;
}

void DeliveryLoop::explain_waiting() {
  const auto now = Clock::now();
  if (window_.size() == 0) return;
  if (phase_ == Phase::down) return;  // the death was reported
  if (now - progress_ < kExplainAfter) return;
  if (now < busy_until_)
    log::warning_limited("waiting", "waiting: %s; %ju records are held back", waiting_for_.c_str(),
                         static_cast<uintmax_t>(window_.size()));
  else if (!out_.empty())
    log::warning_limited("waiting", "waiting for %s to read; %ju records are held back",
                         piped() ? "the first stage" : "the reader of stdout", static_cast<uintmax_t>(window_.size()));
  else if (window_.unanswered() > 0)
    log::warning_limited("waiting", "waiting for an acknowledgement; %ju records are held back",
                         static_cast<uintmax_t>(window_.size()));
}

std::optional<int> DeliveryLoop::finished() {
  if (absurd_) return EX_PROTOCOL;
  if (reader_gone_) return kExitReaderGone;
  if (hopeless_) return EX_TEMPFAIL;
  if (unavailable_for_long() && source_.give_back()) {
    log::warning("nothing could be stored for %jd s%s%s; %ju records were given back and wait at the broker",
                 static_cast<intmax_t>(options_.give_back.count()), waiting_for_.empty() ? "" : ": ",
                 waiting_for_.c_str(), static_cast<uintmax_t>(window_.size()));
    window_.forget();
    window_.restart(random_epoch());
    given_back_ = true;
    given_back_since_ = Clock::now();
  }
  explain_waiting();
  if (stopping_ && (stop::count() >= 2 || Clock::now() > drain_until_)) return window_.size() ? EX_TEMPFAIL : 0;
  if (stopping_ && phase_ == Phase::down) return window_.size() ? EX_TEMPFAIL : 0;
  if (!source_drained_) return std::nullopt;
  if (options_.ack == AckMode::none && !piped() && options_.ack_fd < 0 && !window_.has_unsent() && out_.empty())
    return 0;
  if (window_.size() > 0 || !out_.empty()) return std::nullopt;
  if (!piped() || phase_ == Phase::down) return 0;
  return std::nullopt;  // the stages are still to end
}

int DeliveryLoop::leave(int code) {
  if (pipeline_ && code != 0) {
    pipeline_->close_input();
    pipeline_->signal(SIGTERM);
  }
  pipeline_.reset();
  source_.close();
  stats_.report(source_, window_, true);
  return code;
}

void DeliveryLoop::wait() {
  std::vector<pollfd> fds;
  const auto now = Clock::now();
  const bool wanted = !given_back_ && window_.size() < options_.window && window_.bytes() < options_.max_bytes;
  auto until = std::min(source_.prepare(fds, wanted), now + seconds(1));
  if (phase_ == Phase::down) until = std::min(until, respawn_);
  if (phase_ == Phase::closing && input_open_) until = std::min(until, now + milliseconds(5));
  if (phase_ == Phase::dying || window_.unanswered() > 0 || hunt_.active())
    until = std::min(until, now + milliseconds(100));
  if (more_) until = now;
  if (pipeline_ && !pipeline_->add_descriptors(fds)) until = std::min(until, now + milliseconds(100));
  const int out = piped() ? (pipeline_ && input_open_ ? pipeline_->input() : -1) : STDOUT_FILENO;
  if (!out_.empty() && out >= 0) fds.push_back({out, POLLOUT, 0});
  const int acks = piped() ? (pipeline_ ? pipeline_->acks() : -1) : options_.ack_fd;
  if (acks >= 0) fds.push_back({acks, POLLIN, 0});
  const auto left = std::chrono::ceil<milliseconds>(until - now);
  stop::wait(fds, std::max(left, milliseconds(0)));
}

}  // namespace alco
