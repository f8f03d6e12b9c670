#include "lib/http/progress.h"

namespace alco::http {
namespace {

constexpr std::chrono::seconds kRemembered{60};
constexpr size_t kMostEntries = 10'000;

bool is_ticket(const std::string& text) {
  return text.size() >= 16 && text.size() <= 64 &&
         text.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == std::string::npos;
}

}  // namespace

void Progress::lend(const std::shared_ptr<Outbox>& outbox) {
  std::lock_guard lock(mutex_);
  outbox_ = outbox;
}

void Progress::cancel() {
  std::lock_guard lock(mutex_);
  const auto outbox = outbox_.lock();
  if (!outbox) return;
  outbox->abandon();
  outbox->wake();
}

std::shared_ptr<Progress> ProgressBoard::begin(const Request& request) {
  auto progress = std::make_shared<Progress>();
  progress->state = Progress::State::running;
  const std::string* ticket = request.param("ticket");
  if (!ticket || ticket->empty()) return progress;
  if (!is_ticket(*ticket)) throw HttpError(400, "ticket: give 16 to 64 random letters and digits");
  progress->owner = request.principal.name;
  std::lock_guard lock(mutex_);
  forget_old();
  if (entries_.size() >= kMostEntries) return progress;
  entries_.emplace(*ticket, Entry{progress, std::chrono::steady_clock::now()});
  return progress;
}

std::shared_ptr<Progress> ProgressBoard::find(const std::string& ticket, const std::string& owner) {
  std::lock_guard lock(mutex_);
  const auto it = entries_.find(ticket);
  return it == entries_.end() || it->second.progress->owner != owner ? nullptr : it->second.progress;
}

// Nobody else holds the progress of what has ended.
void ProgressBoard::forget_old() {
  const auto now = std::chrono::steady_clock::now();
  for (auto it = entries_.begin(); it != entries_.end();) {
    if (it->second.progress.use_count() > 1) it->second.seen = now;
    it = now - it->second.seen > kRemembered ? entries_.erase(it) : std::next(it);
  }
}

}  // namespace alco::http
