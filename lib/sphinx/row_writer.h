#pragma once
// Brings rows of a journal into the indexes of their days. What searchd has already stays as it is: the first of two
// equal messages keeps its arrival number. A document that another message has is never overwritten: the row takes the
// next number (document_id()).
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "lib/delivery/rejected_file.h"
#include "lib/sphinx/client.h"
#include "lib/sphinx/day_tables.h"
#include "lib/sphinx/journal.h"

namespace alco::sphinx {

struct RowCounts {
  uint64_t stored = 0;
  uint64_t repeated = 0;  // were there
  uint64_t rejected = 0;  // in the rejected file, not yet synced
};

enum class Sending : bool { first, again };  // again: searchd has accepted these rows before

struct TimeSpan {
  int64_t first, last;  // s since 1970, both included
};

class RowWriter {
 public:
  // Borrows all.
  RowWriter(Client& client, const IndexName& index, std::optional<int> days_kept, RejectedFile& rejected,
            const std::atomic<bool>& cancel)
      : client_(client), index_(index), tables_(client, index, days_kept), rejected_(rejected), cancel_(cancel) {}

  void forget() { tables_.forget(); }  // searchd may be another one now

  // All rows are in searchd or rejected when this returns; those of a day that has gone since they were accepted are
  // gone, too. Throws Error(EX_UNAVAILABLE) if the link breaks and EX_TEMPFAIL if searchd has no index for them yet or
  // takes nothing at all: try again, with the same rows.
  RowCounts put(std::span<const JournalRow> rows, const std::vector<std::string>& indexed, Sending sending);
  // How many of these rows searchd has. A row of a day without index counts as there.
  uint64_t count_present(std::span<const JournalRow> rows);
  // A row that no searchd takes, without asking: it broke the connection again and again.
  void reject(const JournalRow& row, const std::string& reason);

  // Whether another writer than that number has rows of a day (since 1970) with such times: only then can a row have
  // been overwritten.
  bool others_wrote(int64_t day, const TimeSpan& span, uint64_t writer);

  DayTables& tables() { return tables_; }

 private:
  struct Document {
    const JournalRow* row;
    int64_t id;
    unsigned probe = 0;
    bool present = false;
  };

  bool takes_day(int64_t day, std::span<const Document> documents, Sending sending);
  void find_present(int64_t day, std::vector<Document>& documents);
  void look_up(const std::string& table, std::span<Document* const> documents, std::vector<Document*>& taken);
  void send(int64_t day, std::span<const Document* const> documents);
  void refused(int64_t day, const Document& document, const std::string& reason);

  Client& client_;
  IndexName index_;
  DayTables tables_;
  RejectedFile& rejected_;
  const std::atomic<bool>& cancel_;
  RowCounts counts_;  // of the put() that runs
  const std::vector<std::string>* indexed_ = nullptr;
  bool with_fields_ = true;
  std::chrono::steady_clock::time_point looked_;  // for documents that are there
};

}  // namespace alco::sphinx
