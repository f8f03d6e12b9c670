#include "lib/sphinx/row_writer.h"

#include <algorithm>
#include <charconv>
#include <map>

#include "lib/error.h"
#include "lib/log.h"
#include "lib/sphinx/row.h"

namespace alco::sphinx {
namespace {

constexpr Nanoseconds kGap = 300 * kSecond;  // rows further apart than this are looked for in two statements,
constexpr size_t kMaxClusters = 8;           // up to so many
constexpr unsigned kMaxProbes = 100;
constexpr std::chrono::seconds kFresh(2);  // so long the answer is true that a document is free

int64_t floor_second(Nanoseconds time) { return time / kSecond - (time % kSecond < 0); }

void append_number(std::string& out, int64_t number) {
  char text[24];
  out.append(text, static_cast<size_t>(std::to_chars(text, text + sizeof text, number).ptr - text));
}

}  // namespace

RowCounts RowWriter::put(std::span<const JournalRow> rows, const std::vector<std::string>& indexed, Sending sending) {
  counts_ = {};
  indexed_ = &indexed;
  std::map<int64_t, std::vector<Document>> days;
  for (const JournalRow& row : rows) days[utc_day(row.time)].push_back({&row, document_id(row.time, row.id, 0)});
  for (auto& [date, documents] : days) {
    const int64_t day = date;  // clang before 16 lets no lambda have a part of a binding
    if (!takes_day(day, documents, sending)) continue;
    find_present(day, documents);
    std::vector<const Document*> missing;
    for (const Document& document : documents)
      if (!document.present) missing.push_back(&document);
    counts_.repeated += documents.size() - missing.size();
    if (missing.empty()) continue;
    with_fields_ = std::all_of(indexed.begin(), indexed.end(), [&](const std::string& name) {
      return tables_.has_column(day, std::string(kFieldPrefix) + name);
    });
    if (std::chrono::steady_clock::now() - looked_ > kFresh)
      throw Error(EX_TEMPFAIL, client_.address().name() + ": held up before storing, looking again");
    send(day, missing);
  }
  return counts_;
}

bool RowWriter::takes_day(int64_t day, std::span<const Document> documents, Sending sending) {
  std::string why = "searchd has no index " + tables_.table(day);
  switch (tables_.state(day, utc_day(now()))) {
    case DayState::served:
      return true;
    case DayState::expected:
      throw Error(EX_TEMPFAIL,
                  client_.address().name() + " has no index " + tables_.table(day) + " yet (run alco-rotate)");
    case DayState::expired:
      if (sending == Sending::again) return true;  // what was accepted is kept as long as its day
      why = tables_.table(day) + " is past retention_days and about to go";
      break;
    case DayState::too_old:
      if (sending == Sending::again) return false;
      why += ": its day is past what searchd keeps";
      break;
    case DayState::too_young:
      why += ": its time is in the future";
      break;
  }
  for (const Document& document : documents) reject(*document.row, why);
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
  const std::string table = tables_.table(day);
  std::vector<Document*> open, sorted;
  for (Document& document : documents) open.push_back(&document);
  sorted = open;
  const auto by_id = [](const Document* a, const Document* b) {
    return a->id != b->id ? a->id < b->id : a->probe < b->probe;
  };
  for (unsigned round = 0; !open.empty(); ++round) {
    if (round > kMaxProbes) throw Error(EX_SOFTWARE, table + ": no free number for a document");
    // Two of this batch with one number: one message twice, or the second needs another.
    std::sort(sorted.begin(), sorted.end(), by_id);
    bool moved = false;
    for (size_t i = 1; i < sorted.size(); ++i) {
      Document& document = *sorted[i];
      if (document.present || document.id != sorted[i - 1]->id) continue;
      if (document.row->id == sorted[i - 1]->row->id)
        document.present = true;
      else
        moved = true, document.id = document_id(document.row->time, document.row->id, ++document.probe);
    }
    if (moved) continue;
    std::erase_if(open, [](const Document* document) { return document->present; });
    if (open.empty()) break;
    std::sort(open.begin(), open.end(), [](auto* a, auto* b) { return a->row->time < b->row->time; });
    std::vector<size_t> ends;
    for (size_t i = 1; i <= open.size(); ++i)
      if (i == open.size() || open[i]->row->time - open[i - 1]->row->time > kGap) ends.push_back(i);
    if (ends.size() > kMaxClusters) ends = {open.size()};
    std::vector<Document*> taken;
    size_t begin = 0;
    for (const size_t end : ends) {
      look_up(table, std::span(open).subspan(begin, end - begin), taken);
      begin = end;
    }
    for (Document* const document : taken)
      document->id = document_id(document->row->time, document->row->id, ++document->probe);
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
  statement.reserve(statement.size() + documents.size() * 20 + 100);
  std::vector<std::pair<int64_t, Document*>> by_id;
  by_id.reserve(documents.size());
  for (Document* const document : documents) {
    append_number(statement, document->id);
    statement += ',';
    by_id.emplace_back(document->id, document);
  }
  statement.back() = ')';
  statement += " LIMIT " + count + " OPTION max_matches=" + count;
  std::sort(by_id.begin(), by_id.end());
  Rows rows = client_.query(statement, &cancel_);
  looked_ = std::chrono::steady_clock::now();
  while (rows.next()) {
    const auto found =
        std::lower_bound(by_id.begin(), by_id.end(), std::pair<int64_t, Document*>(rows.number(0), nullptr));
    if (found == by_id.end() || found->first != rows.number(0)) continue;
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
  size_t bytes = statement.size();
  for (const Document* const document : documents)
    bytes += document->row->values.size() + document->row->fields.size() + 24;
  statement.reserve(bytes);
  for (const Document* const document : documents) {
    statement += '(';
    append_number(statement, document->id);
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

bool RowWriter::others_wrote(int64_t day, const TimeSpan& span, uint64_t writer) {
  Rows rows = client_.query("SELECT id,arrival & " + std::to_string((1U << kWriterBits) - 1) + " AS writer FROM " +
                                tables_.table(day) + " WHERE ts>=" + std::to_string(span.first * 1'000'000) +
                                " AND ts<" + std::to_string((span.last + 1) * 1'000'000) +
                                " AND writer!=" + std::to_string(writer) + " LIMIT 1 OPTION max_matches=1",
                            &cancel_);
  const bool any = rows.next();
  while (rows.next()) continue;
  if (cancel_) throw Error(EX_UNAVAILABLE, client_.address().name() + ": stopped");
  return any;
}

uint64_t RowWriter::count_present(std::span<const JournalRow> rows) {
  std::map<int64_t, std::vector<Document>> days;
  for (const JournalRow& row : rows) days[utc_day(row.time)].push_back({&row, document_id(row.time, row.id, 0)});
  uint64_t count = 0;
  for (auto& [date, documents] : days) {
    const int64_t day = date;  // clang before 16 lets no lambda have a part of a binding
    if (tables_.has(day, utc_day(now()))) {
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
