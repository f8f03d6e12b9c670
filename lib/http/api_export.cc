// Everything that is found, as a file: text, JSON lines or CSV, made while it is sent.
#include <algorithm>

#include "lib/http/api.h"
#include "lib/http/search.h"
#include "lib/printable.h"

namespace alco::http {
namespace {

constexpr size_t kBatchBytes = 128 * 1024;

enum class Format { text, json, csv };

// The wide forms of = + - @ mean the same to some spreadsheets.
constexpr std::string_view kFormulas[] = {"=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"};

// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
void append_cell(std::string& out, std::string_view text) {
  const bool formula = std::any_of(std::begin(kFormulas), std::end(kFormulas),
                                   [&](std::string_view begin) { return text.starts_with(begin); });
  if (!formula && text.find_first_of(",\"\r\n") == std::string_view::npos) {
    out += text;
    return;
  }
  out += formula ? "\"'" : "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class ExportSource : public Source {
 public:
  ExportSource(std::shared_ptr<void> place, std::shared_ptr<Progress> progress, AuthorizedIndex index, ScanRequest scan,
               Format format, TimeZone zone)
      : place_(std::move(place)),
        progress_(std::move(progress)),
        index_(std::move(index)),
        request_(std::move(scan)),
        format_(format),
        zone_(zone) {}

  ~ExportSource() override {
    auto running = Progress::State::running;
    progress_->state.compare_exchange_strong(running, Progress::State::failed);  // the client went away
  }

  State fill(const std::shared_ptr<Outbox>& outbox) override {
    std::string batch;
    if (!scan_) {
      request_.cancel = &outbox->abandoned();
      request_.progress = &progress_->share;
      progress_->lend(outbox);
      scan_ = index_.reader().scan(request_);
      if (format_ == Format::csv) append_csv_head(batch);
    }
    Hit hit;
    while (batch.size() < kBatchBytes) {
      if (!scan_->next(hit)) {
        send(*outbox, batch);
        // What is not whole must not look whole: the client sees a broken transfer.
        if (outbox->abandoned() || !scan_->stats().incomplete.empty()) return State::failed;
        progress_->state = Progress::State::done;
        return State::done;
      }
      append(batch, hit);
      ++progress_->events;
    }
    send(*outbox, batch);
    return State::more;
  }

 private:
  void send(Outbox& outbox, const std::string& batch) {
    outbox.append_body(batch);
    progress_->bytes += batch.size();
  }

  void append_csv_head(std::string& out) const {
    out += "datetime";
    for (const std::string& column : request_.columns) {
      out += ',';
      append_cell(out, column);
    }
    out += ",message\r\n";
  }

  void append(std::string& out, const Hit& hit) const {
    if (format_ == Format::json) {
      out += hit.json;
      out += '\n';
      return;
    }
    append_rfc3339(out, hit.at.time, zone_);
    for (const FieldValue& value : hit.columns) {
      out += format_ == Format::csv ? ',' : ' ';
      if (format_ == Format::csv)
        append_cell(out, value.text);
      else
        append_printable(out, value.text.empty() ? "-" : value.text);
    }
    out += format_ == Format::csv ? ',' : ' ';
    const std::string_view message = hit.message.value_or(std::string_view());
    if (format_ == Format::csv)
      append_cell(out, message);
    else
      append_printable(out, message);
    out += format_ == Format::csv ? "\r\n" : "\n";
  }

  std::shared_ptr<void> place_;
  std::shared_ptr<Progress> progress_;
  AuthorizedIndex index_;
  ScanRequest request_;
  Format format_;
  TimeZone zone_;
  std::unique_ptr<Scan> scan_;
};

Format format_param(const Request& request) {
  const std::string* value = request.param("format");
  if (!value || *value == "text") return Format::text;
  if (*value == "json") return Format::json;
  if (*value == "csv") return Format::csv;
  throw HttpError(400, "format: '" + *value + "' is none of text, json, csv");
}

void answer_export(const Api& api, const Request& request, const PathValues& values, Response& response) {
  const auto index = api.archive.authorize(request, values[0], Right::read);
  const Format format = format_param(request);
  ScanRequest scan = parse_search(request, index, api.archive).scan;
  const std::string* order = request.param("order");
  scan.order = order && *order == "desc" ? Order::newest_first : Order::oldest_first;
  scan.limit = number_param(request, "limit", scan.limit, 1, scan.limit);
  scan.cancel = nullptr;
  scan.json = format == Format::json;
  scan.message = !scan.json;
  if (!scan.json) scan.columns = list_param(request, "cols");
  static const char* const endings[] = {"txt", "ndjson", "csv"};
  response.content_type = "text/plain; charset=utf-8";
  response.headers.push_back({"Content-Disposition", "attachment; filename=\"" + index.name().str() + "." +
                                                         endings[static_cast<int>(format)] + "\""});
  response.source = std::make_shared<ExportSource>(api.export_places.take(request.client), api.progress.begin(request),
                                                   index, std::move(scan), format, zone_of(request));
}

}  // namespace

void add_export_routes(Router& router, const Api& api) {
  add_query(router, api, "GET", "/api/export/{index}/", answer_export);
}

}  // namespace alco::http
