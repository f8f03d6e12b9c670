#include "lib/sphinx/sphinx_writer.h"

#include <sys/random.h>
#include <xxhash.h>

#include <algorithm>
#include <cerrno>

#include "lib/delivery/rejected_file.h"
#include "lib/error.h"
#include "lib/log.h"
#include "lib/sphinx/escape.h"
#include "lib/sphinx/free_space.h"
#include "lib/sphinx/journal.h"
#include "lib/sphinx/row.h"
#include "lib/sphinx/sphinx_sender.h"
#include "lib/store/message_id_set.h"

namespace alco::sphinx {
namespace {

constexpr std::chrono::milliseconds kPatience(15'000);  // at the end, for a searchd that is away
constexpr uint64_t kFileBytes = uint64_t{16} << 20;
constexpr unsigned kMaxWriters = 256;

std::string journals_path(const Address& address, const Config& config, const IndexName& index) {
  std::string server = address.name();
  std::replace(server.begin(), server.end(), '/', '_');
  std::replace(server.begin(), server.end(), ':', '_');
  return config.sphinx.journal_path() + "/" + server + "/" + index.str();
}

std::unique_ptr<Journal> free_journal(Disk& disk, const std::string& folder, const std::vector<std::string>& indexed,
                                      uint64_t quota) {
  const JournalSizes sizes{std::min(kFileBytes, quota / 8), quota / 8};  // what is safe is dropped by the file
  for (unsigned number = 0;; ++number) {
    try {
      return std::make_unique<Journal>(disk, folder + "/" + std::to_string(number), indexed, sizes);
    } catch (const Error& error) {
      if (error.code() != EX_TEMPFAIL || number == kMaxWriters) throw;
    }
  }
}

// Columns that have a full-text field of their own in the generated configuration.
std::vector<std::string> indexed_columns(const IndexConfig& index) {
  std::vector<std::string> names;
  for (const auto& [name, column] : index.columns)
    if (column.indexed && !column.excluded && plain_name(name)) names.push_back(name);
  return names;
}

class SphinxWriter : public Writer {
 public:
  SphinxWriter(Disk& disk, const Address& address, const Config& config, const IndexName& index,
               std::optional<int> days_kept)
      : disk_(disk),
        config_(config.sphinx),
        indexed_(indexed_columns(config.index(index))),
        journal_(free_journal(disk, journals_path(address, config, index), indexed_, config.sphinx.journal_bytes)),
        rejected_(disk, rejected_path(address.url(), config.sphinx.data_dir, index)),
        sender_(disk, journals_path(address, config, index), *journal_, address, config.sphinx, index, days_kept,
                rejected_.path()) {}

  void add(const Event& event, const std::optional<MessageId>& id) override {
    if (id && !learned_) learn_ids();
    if (id && !recent_.insert(*id)) {
      ++repeated_;
      return;
    }
    const MessageId own = id ? *id : random_id();
    row_.clear();
    if (!append_row(row_, event, own, journal_->next_arrival(), {})) {
      std::string json;
      append_json(json, event);
      rejected_.put("over 4 MB even when packed: searchd can't hold it", json);
      log::warning_limited("large", "event over 4 MB even when packed: set aside in %s", rejected_.path().c_str());
      return;
    }
    row_.pop_back();  // the parenthesis
    fields_.clear();
    append_indexed(fields_, event, indexed_);
    journal_->add({own, event.time, row_, fields_});
  }

  uint64_t pending_events() const override { return journal_->pending_rows(); }
  uint64_t pending_bytes() const override { return journal_->pending_bytes(); }

  CommitResult commit() override {
    sender_.check();
    rejected_.sync();
    const CommitResult result{journal_->pending_rows(), repeated_};
    if (result.stored > 0) {
      check_room();
      journal_->commit();
      sender_.wake();
    }
    repeated_ = 0;
    return result;
  }

  void finish() override {
    if (sender_.wait_sent(kPatience)) return;
    const std::string trouble = sender_.trouble();
    throw Error(EX_TEMPFAIL, (trouble.empty() ? "searchd is slow" : trouble) + "; events wait in " + journal_->path() +
                                 " for the next alco-index to send them");
  }

 private:
  void check_room() {
    check_free_space(disk_, journal_->path(), config_.reserve_bytes);
    if (journal_->bytes() + journal_->pending_bytes() / 4 <= config_.journal_bytes) return;
    const std::string trouble = sender_.trouble();
    throw Error(EX_TEMPFAIL, journal_->path() + ": the journal is full, " +
                                 (trouble.empty() ? "searchd is slower than what comes in" : trouble));
  }

  void learn_ids() {
    learned_ = true;
    JournalFrame frame;
    for (JournalPlace place = journal_->begin(); journal_->read(place, frame);)
      for (const JournalRow& row : frame.rows) recent_.insert(row.id);
  }

  // For an event without identity: 128 bits that no other will have.
  MessageId random_id() {
    if (random_.low == 0 && getrandom(&random_, sizeof random_, 0) != static_cast<ssize_t>(sizeof random_))
      throw system_error("random numbers", "getrandom", errno);
    ++random_.low;
    const XXH128_hash_t hash = XXH3_128bits_withSeed(&random_, sizeof random_, random_.high);
    return {hash.high64, hash.low64};
  }

  Disk& disk_;
  const SphinxConfig config_;
  std::vector<std::string> indexed_;
  std::unique_ptr<Journal> journal_;
  RejectedFile rejected_;
  store::MessageIdSet recent_;
  bool learned_ = false;
  uint64_t repeated_ = 0;
  std::string row_, fields_;
  MessageId random_;     // the last one, before hashing
  SphinxSender sender_;  // the last member: its thread uses the journal
};

}  // namespace

std::unique_ptr<Writer> make_sphinx_writer(Disk& disk, const Address& address, const Config& config,
                                           const IndexName& index, std::optional<int> days_kept) {
  return std::make_unique<SphinxWriter>(disk, address, config, index, days_kept);
}

}  // namespace alco::sphinx
