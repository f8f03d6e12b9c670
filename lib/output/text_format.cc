#include <algorithm>

#include "lib/output/formats.h"
#include "lib/output/level.h"
#include "lib/output/styled_text.h"
#include "lib/time_range.h"

namespace alco::output {
namespace {

constexpr size_t kIndent = 4;
constexpr size_t kMaxAlign = 24;  // a wider value pushes its own line only

// "TIME column column message". For people: times of the wall clock, columns aligned by the widest value so far, long
// lines folded, further lines and long columns below, indented. In a pipe: RFC 3339, one line an event.
class TextFormat : public Format {
 public:
  explicit TextFormat(const FormatOptions& options) : options_(options) {
    for (const std::string& name : options_.columns) {
      const size_t values = first_context_;
      if (name != "message") shown_.push_back({name, is_own_column(name) ? kOwn : values, 0, is_level_name(name)});
      if (!is_own_column(name)) ++first_context_;
    }
  }

  void resize(size_t width) override { width_ = width; }

  void event(std::string& out, const Hit& hit, Role role) override {
    line_.clear();
    put_time(hit, role);
    for (Column& column : shown_) put_column(column, hit);
    const size_t used = options_.terminal ? display_width(line_.text) : 0;
    put_text("message", hit.message.value_or("(no message)"), role.match ? Style::plain : Style::faint);
    const size_t indent = used * 3 <= width_ ? used : kIndent;
    write_styled(out, line_, options_.colour, {width_, 0, options_.terminal ? indent : 0});
    out += '\n';
    for (size_t i = 0; i < options_.context_columns.size(); ++i)
      put_below(out, options_.context_columns[i], hit.columns[first_context_ + i]);
  }

  void measure(const Hit& hit) override {
    for (Column& column : shown_) {
      if (column.value == kOwn) continue;
      text_.clear();
      append_printable(text_, hit.columns[column.value].text);
      const size_t width = display_width(text_);
      if (width <= kMaxAlign) column.width = std::max(column.width, width);
    }
  }

  void gap(std::string& out) override { out += options_.colour ? "\033[36m--\033[0m\n" : "--\n"; }

 private:
  static constexpr size_t kOwn = static_cast<size_t>(-1);
  struct Column {
    std::string name;
    size_t value;  // in Hit::columns
    size_t width;
    bool level;
  };

  void put_time(const Hit& hit, Role role) {
    text_.clear();
    if (options_.terminal)
      append_wall(text_, hit.at.time, options_.zone);
    else
      append_rfc3339(text_, hit.at.time, options_.zone);
    line_.append(text_, role.match ? Style::time : Style::faint);
    line_.append(" ", Style::plain);
    if (role.late == 0) return;
    line_.append("[late " + to_short_duration(role.late) + "]", Style::warning);
    line_.append(" ", Style::plain);
  }

  void put_column(Column& column, const Hit& hit) {
    if (column.name == "@timestamp") return;  // is there already
    const std::string id = column.name == "@id" ? std::to_string(hit.at.id) : "";
    const std::string_view value = column.value == kOwn ? id : hit.columns[column.value].text;
    Style style = source_style(value);
    if (column.level) style = style_of_level(value);
    if (value.empty()) style = Style::faint;
    const size_t start = line_.text.size();
    put_text(column.name, value.empty() ? "-" : value, style);
    if (options_.terminal) {
      const size_t width = display_width(std::string_view(line_.text).substr(start));
      if (width <= kMaxAlign) column.width = std::max(column.width, width);
      if (width < column.width) line_.append(std::string(column.width - width, ' '), Style::plain);
    }
    line_.append(" ", Style::plain);
  }

  void put_text(std::string_view field, std::string_view text, Style style) {
    spans_.clear();
    if (options_.colour && options_.highlight) options_.highlight->find(field, text, spans_);
    while (options_.terminal && text.ends_with('\n')) text.remove_suffix(1);
    while (!spans_.empty() && spans_.back().second > text.size()) spans_.pop_back();
    line_.append_raw(text, style, spans_, options_.terminal ? Newlines::keep : Newlines::escape);
  }

  void put_below(std::string& out, std::string_view field, const FieldValue& value) {
    if (value.text.empty()) return;
    line_.clear();
    put_text(field, value.text, Style::faint);
    out.append(kIndent, ' ');
    write_styled(out, line_, options_.colour, {width_, kIndent, kIndent});
    out += '\n';
  }

  FormatOptions options_;
  std::vector<Column> shown_;
  size_t first_context_ = 0;  // of Hit::columns
  size_t width_ = 0;
  StyledText line_;
  std::string text_;
  std::vector<std::pair<size_t, size_t>> spans_;
};

}  // namespace

std::unique_ptr<Format> make_text_format(const FormatOptions& options) { return std::make_unique<TextFormat>(options); }

}  // namespace alco::output
