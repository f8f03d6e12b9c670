#include "lib/sphinx/row_stream.h"

#include <algorithm>

#include "lib/error.h"
#include "lib/sphinx/row.h"
#include "lib/sphinx/tables.h"

namespace alco::sphinx {
namespace {

// Rows. searchd looks at every row of a table for each page: few large ones are cheaper, a small first one is quick.
constexpr uint64_t kFirstPage = 128, kLargestPage = 65'536;
constexpr uint64_t kGrowth = 8;
constexpr size_t kPageBytes = size_t{16} << 20;  // more than this is left to the next page

}  // namespace

RowStream::RowStream(std::shared_ptr<Connections> connections, std::vector<Source> sources, StreamRequest request)
    : connections_(std::move(connections)),
      sources_(std::move(sources)),
      request_(std::move(request)),
      page_size_(request_.expected == 0 ? kFirstPage : std::min(request_.expected, kFirstPage * kGrowth * kGrowth)) {}

const StoredRow* RowStream::front() {
  while (at_ == page_.size())
    if (!fetch()) return nullptr;
  const Place& place = page_[at_];
  const std::string_view text = text_;
  row_.at = place.at;
  row_.message = text.substr(place.begin, place.message);
  row_.js = text.substr(place.begin + place.message, place.js);
  row_.raw = text.substr(place.begin + place.message + place.js, place.raw);
  return &row_;
}

// False at the end of the last source.
bool RowStream::fetch() {
  if (source_ == sources_.size()) return false;
  if (request_.cancel && *request_.cancel) return false;
  const Source source = sources_[source_];
  Select select(source.from, source.key);
  select.range(request_.range).narrow(source.narrowing);
  std::string columns = source.key.time + "," + source.key.id + "," + std::string(kMessage);
  if (!source.key.rest.empty()) columns += "," + source.key.rest;
  if (request_.members || source.old) columns += "," + std::string(kJson);
  if (!source.old) columns += "," + std::string(kRaw);
  const std::string statement = select.text(columns, select.order_by(request_.range.order) + limit(page_size_));
  try {
    connections_->with([&](Client& client) { read_page(client, statement, source); });
  } catch (const Error& error) {
    if (error.code() == EX_UNAVAILABLE) throw;
    page_.clear();
    at_ = 0;
    cut_ = false;
    if (leave_out_gone()) return true;
    note(error.what());
  }
  if (request_.cancel && *request_.cancel) {
    page_.clear();
    return false;
  }
  ++pages_;
  bytes_ += text_.size();
  if (page_.size() < page_size_ && !cut_) {
    ++source_;
    begun_ = false;
  } else {
    begun_ = true;
    request_.range.after = page_.back().at;
    const uint64_t fitting = kPageBytes / (text_.size() / page_.size() + 64) + 1;
    page_size_ = std::min({page_size_ * kGrowth, kLargestPage, fitting});
  }
  return true;
}

// A day that expired after the search began: as if the search had begun later, unless it is in the middle of it. False
// if all of the present source's tables are there.
bool RowStream::leave_out_gone() {
  Source& source = sources_[source_];
  std::string left;
  bool gone = false;
  for (size_t at = 0; at < source.from.size();) {
    const size_t end = std::min(source.from.find(',', at), source.from.size());
    const std::string table = source.from.substr(at, end - at);
    at = end + 1;
    if (connections_->with([&](Client& client) { return is_served(client, table); })) {
      left += (left.empty() ? "" : ",") + table;
      continue;
    }
    gone = true;
    if (begun_) note(table + " was removed while it was read");
  }
  if (!gone) return false;
  source.from = left.empty() ? source.otherwise : left;
  source.otherwise.clear();
  if (!source.from.empty()) return true;
  ++source_;
  begun_ = false;
  return true;
}

void RowStream::read_page(Client& client, const std::string& statement, const Source& source) {
  page_.clear();
  text_.clear();
  at_ = 0;
  cut_ = false;
  {
    Rows rows = client.query(statement, request_.cancel);
    const auto rest = rows.column(source.key.rest), js = rows.column(kJson), raw = rows.column(kRaw);
    while (rows.next()) {
      if (request_.cancel && *request_.cancel) return;
      const Nanoseconds time =
          rows.number(0) * source.key.unit + (rest ? rows.number(*rest) * source.key.rest_unit : 0);
      Place place{{time, rows.unsigned_number(1)}, text_.size(), 0, 0, 0};
      const auto append = [&](std::optional<size_t> column) {
        const std::string_view text = column ? rows.text(*column) : std::string_view();
        text_ += text;
        return text.size();
      };
      place.message = append(2);
      place.js = append(js);
      place.raw = append(raw);
      page_.push_back(place);
      cut_ = text_.size() >= kPageBytes;
      if (cut_) return;
    }
  }
  for (const std::string& warning : client.warnings()) note(warning);
}

void RowStream::note(const std::string& reason) {
  if (std::find(incomplete_.begin(), incomplete_.end(), reason) == incomplete_.end()) incomplete_.push_back(reason);
}

}  // namespace alco::sphinx
