#include "lib/output/format.h"

#include <algorithm>

#include "lib/output/formats.h"
#include "lib/output/styled_text.h"
#include "lib/utf8.h"

namespace alco::output {
namespace {

// Escapes what could act on a terminal in JSON text, as JSON escapes it.
void append_harmless_json(std::string& out, std::string_view json) {
  std::string visible;
  for (size_t at = 0; at < json.size();) {
    const utf8::Decoded next = utf8::decode(json.substr(at));
    visible.clear();
    append_printable(visible, json.substr(at, next.length));
    if (visible == json.substr(at, next.length)) {
      out += visible;
    } else {
      char text[16];
      const auto code = static_cast<unsigned>(next.code);
      if (code > 0xffff)
        snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
      else
        snprintf(text, sizeof text, "\\u%04x", next.valid ? code : 0xfffd);
      out += text;
    }
    at += next.length;
  }
}

class JsonFormat : public Format {
 public:
  explicit JsonFormat(const FormatOptions& options) : terminal_(options.terminal) {}

  void event(std::string& out, const Hit& hit, Role) override {
    if (terminal_)
      append_harmless_json(out, hit.json);
    else
      out += hit.json;
    out += '\n';
  }

 private:
  bool terminal_;
};

class RawFormat : public Format {
 public:
  explicit RawFormat(const FormatOptions& options) : options_(options) {}

  void event(std::string& out, const Hit& hit, Role role) override {
    const std::string_view message = hit.message.value_or("");
    spans_.clear();
    if (options_.colour && options_.highlight && role.match) options_.highlight->find("message", message, spans_);
    if (options_.terminal) {
      line_.clear();
      line_.append_raw(message, Style::plain, spans_, Newlines::keep);
      write_styled(out, line_, options_.colour, {});
    } else {
      size_t at = 0;
      for (const auto& [begin, end] : spans_) {
        out.append(message, at, begin - at);
        out += "\033[1;31m";
        out.append(message, begin, end - begin);
        out += "\033[0m";
        at = end;
      }
      out.append(message, at);
    }
    out += '\n';
  }

  void gap(std::string& out) override { out += options_.colour ? "\033[36m--\033[0m\n" : "--\n"; }

 private:
  FormatOptions options_;
  StyledText line_;
  std::vector<std::pair<size_t, size_t>> spans_;
};

}  // namespace

std::optional<Kind> kind_named(std::string_view name) {
  if (name == "text") return Kind::text;
  if (name == "json") return Kind::json;
  if (name == "raw") return Kind::raw;
  if (name == "tsv") return Kind::tsv;
  if (name == "csv") return Kind::csv;
  return std::nullopt;
}

std::unique_ptr<Format> make_format(const FormatOptions& options) {
  switch (options.kind) {
    case Kind::text:
      return make_text_format(options);
    case Kind::json:
      return std::make_unique<JsonFormat>(options);
    case Kind::raw:
      return std::make_unique<RawFormat>(options);
    case Kind::tsv:
    case Kind::csv:
      break;
  }
  return make_table_format(options);
}

void ask_for(const FormatOptions& options, ScanRequest& request) {
  const bool table = options.kind == Kind::tsv || options.kind == Kind::csv;
  request.json = options.kind == Kind::json;
  request.message = options.kind == Kind::text || options.kind == Kind::raw ||
                    (table && std::count(options.columns.begin(), options.columns.end(), "message") > 0);
  request.columns.clear();
  if (options.kind == Kind::json || options.kind == Kind::raw) return;
  for (const std::string& name : options.columns)
    if (!is_own_column(name)) request.columns.push_back(name);
  if (options.kind == Kind::text)
    request.columns.insert(request.columns.end(), options.context_columns.begin(), options.context_columns.end());
}

}  // namespace alco::output
