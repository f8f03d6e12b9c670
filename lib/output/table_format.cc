#include "lib/output/formats.h"
#include "lib/printable.h"

namespace alco::output {
namespace {

// tsv: one event a line, whatever it holds: tab, line ends and the backslash come as \t, \n, \r and \\.
void append_tsv(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\\':
        out += "\\\\";
        break;
      default:
        out += c;
    }
  }
}

// csv: RFC 4180, lines ending in '\n'.
void append_csv(std::string& out, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == text.npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

class TableFormat : public Format {
 public:
  explicit TableFormat(const FormatOptions& options) : options_(options) {}

  void begin(std::string& out) override {
    for (size_t i = 0; i < options_.columns.size(); ++i) put(out, i, options_.columns[i]);
    out += '\n';
  }

  void event(std::string& out, const Hit& hit, Role) override {
    size_t next = 0;
    for (size_t i = 0; i < options_.columns.size(); ++i) {
      const std::string& name = options_.columns[i];
      if (name == "@timestamp") {
        cell_.clear();
        append_rfc3339(cell_, hit.at.time, options_.zone);
        put(out, i, cell_);
      } else if (name == "@id") {
        put(out, i, std::to_string(hit.at.id));
      } else if (name == "message") {
        put(out, i, hit.message.value_or(""));
      } else {
        put(out, i, hit.columns[next++].text);
      }
    }
    out += '\n';
  }

 private:
  void put(std::string& out, size_t column, std::string_view text) {
    const bool tsv = options_.kind == Kind::tsv;
    if (column > 0) out += tsv ? '\t' : ',';
    std::string safe;
    if (options_.terminal) {
      append_printable(safe, text, Newlines::keep);
      text = safe;
    }
    if (tsv)
      append_tsv(out, text);
    else
      append_csv(out, text);
  }

  FormatOptions options_;
  std::string cell_;
};

}  // namespace

std::unique_ptr<Format> make_table_format(const FormatOptions& options) {
  return std::make_unique<TableFormat>(options);
}

}  // namespace alco::output
