#include "lib/sphinx/row_writer.h"

#include <algorithm>
#include <map>
#include <unordered_map>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/sphinx/row.h"

namespace alco::sphinx {
namespace {

constexpr Nanoseconds kGap = 300 * kSecond;  // rows further apart than this are looked for in two statements,
constexpr size_t kMaxClusters = 8;           // up to so many
constexpr unsigned kMaxProbes = 100;

int64_t floor_second(Nanoseconds time) { return time / kSecond - (time % kSecond < 0); }

}  // namespace

RowCounts RowWriter::put(std::span<const JournalRow> rows, const std::vector<std::string>& indexed) {
  counts_ = {};
  indexed_ = &indexed;
  std::map<int64_t, std::vector<Document>> days;
  for (const JournalRow& row : rows) days[utc_day(row.time)].push_back({&row, document_id(row.time, row.id, 0)});
  for (auto& [day, documents] : days) {
    if (!takes_day(day, documents)) continue;
    find_present(day, documents);
    std::vector<const Document*> missing;
    for (const Document& document : documents)
      if (!document.present) missing.push_back(&document);
    counts_.repeated += documents.size() - missing.size();
    if (missing.empty()) continue;
    with_fields_ = std::all_of(indexed.begin(), indexed.end(), [&](const std::string& name) {
      return tables_.has_column(day, std::string(kFieldPrefix) + name);
    });
    dirty_days_.insert(day);
    send(day, missing);
  }
  return counts_;
}

bool RowWriter::takes_day(int64_t day, std::span<const Document> documents) {
  const char* why = "";
  switch (tables_.state(day, utc_day(now()))) {
    case DayState::served:
      return true;
    case DayState::expected:
      throw Error(EX_TEMPFAIL,
                  client_.address().name() + " has no index " + tables_.table(day) + " yet (run alco-rotate)");
    case DayState::too_old:
      why = ": its day is past what searchd keeps";
      break;
    case DayState::too_young:
      why = ": its time is in the future";
      break;
  }
  for (const Document& document : documents) reject(*document.row, "searchd has no index " + tables_.table(day) + why);
  return false;
}

void RowWriter::reject(const JournalRow& row, const std::string& reason) {
  rejected_.put(reason, row_event(row.values));
  ++counts_.rejected;
  log::warning_limited("rejected", "%s: event set aside: %s; see %s", index_.str().c_str(), reason.c_str(),
                       rejected_.path().c_str());
}

// Gives each document a number that is free or its own already.
void RowWriter::find_present(int64_t day, std::vector<Document>& documents) {
  std::vector<Document*> open;
  for (Document& document : documents) open.push_back(&document);
  const std::string table = tables_.table(day);
  std::unordered_map<int64_t, const Document*> own;  // numbers given in this batch
  while (!open.empty()) {
    std::vector<Document*> asked;
    for (Document* const document : open) {
      for (;; ++document->probe) {
        document->id = document_id(document->row->time, document->row->id, document->probe);
        const auto [other, free] = own.try_emplace(document->id, document);
        if (free) break;
        if (other->second->row->id == document->row->id) {
          document->present = true;  // twice in one batch
          break;
        }
      }
      if (document->probe > kMaxProbes) throw Error(EX_SOFTWARE, table + ": no free number for a document");
      if (!document->present) asked.push_back(document);
    }
    std::sort(asked.begin(), asked.end(), [](auto* a, auto* b) { return a->row->time < b->row->time; });
    std::vector<size_t> ends;
    for (size_t i = 1; i <= asked.size(); ++i)
      if (i == asked.size() || asked[i]->row->time - asked[i - 1]->row->time > kGap) ends.push_back(i);
    if (ends.size() > kMaxClusters) ends = {asked.size()};
    std::vector<Document*> taken;
    size_t begin = 0;
    for (const size_t end : ends) {
      look_up(table, std::span(asked).subspan(begin, end - begin), taken);
      begin = end;
    }
    for (Document* const document : taken) ++document->probe;
    open = std::move(taken);
  }
}

// Marks those of `documents` (by rising time) that searchd has; `taken` gets those whose number another message has.
void RowWriter::look_up(const std::string& table, std::span<Document* const> documents, std::vector<Document*>& taken) {
  const std::string count = std::to_string(documents.size());
  std::string statement = "SELECT id,id_high,id_low FROM " + table +
                          " WHERE ts>=" + std::to_string(floor_second(documents.front()->row->time) * 1'000'000) +
                          " AND ts<" + std::to_string((floor_second(documents.back()->row->time) + 1) * 1'000'000) +
                          " AND id IN (";
  std::unordered_map<int64_t, Document*> by_id;
  for (Document* const document : documents) {
    statement += std::to_string(document->id) + ',';
    by_id[document->id] = document;
  }
  statement.back() = ')';
  statement += " LIMIT " + count + " OPTION max_matches=" + count;
  Rows rows = client_.query(statement, &cancel_);
  while (rows.next()) {
    const auto found = by_id.find(rows.number(0));
    if (found == by_id.end()) continue;
    const MessageId& id = found->second->row->id;
    if (rows.number(1) == static_cast<int64_t>(id.high) && rows.number(2) == static_cast<int64_t>(id.low))
      found->second->present = true;
    else
      taken.push_back(found->second);
  }
  if (cancel_) throw Error(EX_UNAVAILABLE, client_.address().name() + ": stopped");
}

void RowWriter::send(int64_t day, std::span<const Document* const> documents) {
  std::string statement =
      "REPLACE INTO " + tables_.table(day) + " (" +
      row_columns(with_fields_ ? std::span<const std::string>(*indexed_) : std::span<const std::string>()) +
      ") VALUES ";
  for (const Document* const document : documents) {
    statement += '(' + std::to_string(document->id);
    statement += document->row->values;
    if (with_fields_) statement += document->row->fields;
    statement += "),";
  }
  statement.pop_back();
  try {
    client_.execute(statement, &cancel_);
    counts_.stored += documents.size();
    return;
  } catch (const Error& error) {
    if (error.code() != EX_DATAERR) throw;
    if (documents.size() == 1) return refused(day, *documents[0], error.what());
  }
  const size_t half = documents.size() / 2;
  send(day, documents.first(half));
  send(day, documents.subspan(half));
}

// A row that was refused alone. Is it the row, or would searchd refuse any?
void RowWriter::refused(int64_t day, const Document& document, const std::string& reason) {
  try {
    client_.execute("BEGIN");
    client_.execute("REPLACE INTO " + tables_.table(day) + " (id,logline,js) VALUES (1,'a word','{}')");
    client_.execute("ROLLBACK");
  } catch (const Error& error) {
    client_.close();
    tables_.forget();
    if (error.code() != EX_DATAERR) throw;
    throw Error(EX_TEMPFAIL, std::string(error.what()) + " (of any row)");
  }
  reject(*document.row, reason);
}

uint64_t RowWriter::count_present(std::span<const JournalRow> rows) {
  std::map<int64_t, std::vector<Document>> days;
  for (const JournalRow& row : rows) days[utc_day(row.time)].push_back({&row, document_id(row.time, row.id, 0)});
  uint64_t count = 0;
  for (auto& [day, documents] : days) {
    if (tables_.state(day, utc_day(now())) == DayState::served) {
      find_present(day, documents);
      count += static_cast<uint64_t>(
          std::count_if(documents.begin(), documents.end(), [](const Document& d) { return d.present; }));
    } else {
      count += documents.size();
    }
  }
  return count;
}

}  // namespace alco::sphinx
