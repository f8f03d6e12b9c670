#include "lib/output/value_table.h"

#include <algorithm>

#include "lib/event.h"
#include "lib/output/styled_text.h"
#include "lib/printable.h"

namespace alco::output {
namespace {

constexpr size_t kMinBar = 8;

// A bar of `share` (0 to 1) of `cells`, in eighths of a cell.
std::string bar(double share, size_t cells) {
  static constexpr const char* kParts[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const auto eighths = static_cast<size_t>(share * static_cast<double>(cells) * 8 + 0.5);
  std::string text;
  for (size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kParts[eighths % 8];
  return text.empty() && share > 0 ? "▏" : text;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == text.npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

std::string tsv_cell(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '\t' || c == '\n' || c == '\r' || c == '\\')
      out += c == '\t' ? "\\t" : c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\\\";
    else
      out += c;
  }
  return out;
}

std::string machine_row(const ValueTable& table, const ValueTable::Row& row, const std::string& format) {
  const std::string count = std::to_string(row.count);
  std::string out;
  if (format == "json") {
    out = "{";
    append_json_string(out, table.name_head);
    out += ':';
    append_json_string(out, row.name);
    if (table.counts) {
      out += ',';
      append_json_string(out, table.count_head);
      out += ':' + count;
    }
    return out + "}\n";
  }
  const bool csv = format == "csv";
  out = csv ? csv_cell(row.name) : tsv_cell(row.name);
  if (table.counts) out += (csv ? "," : "\t") + count;
  return out + "\n";
}

void print_for_people(const ValueTable& table, bool colour, Sink& sink) {
  uint64_t most = 1;
  size_t name_width = 0;
  for (const auto& row : table.rows) most = std::max(most, row.count);
  const size_t count_width = std::to_string(most).size();
  const size_t screen = sink.columns();
  std::string printable;
  for (const auto& row : table.rows) {
    printable.clear();
    append_printable(printable, row.name);
    name_width = std::max(name_width, display_width(printable));
  }
  if (table.name_first || name_width < screen / 2) name_width = std::min(name_width, screen);
  const size_t fixed = name_width + count_width + 4;
  const bool bars = table.counts && screen >= fixed + kMinBar;
  for (const auto& row : table.rows) {
    printable.clear();
    append_printable(printable, row.name);
    const std::string gap(name_width - std::min(name_width, display_width(printable)), ' ');
    std::string count = std::to_string(row.count);
    count.insert(0, count_width - std::min(count_width, count.size()), ' ');
    std::string line;
    if (!table.counts)
      line = printable;
    else if (table.name_first)
      line = printable + gap + "  " + count;
    else
      line = count + "  " + printable + (bars ? gap : "");
    if (bars) {
      const std::string drawn = bar(static_cast<double>(row.count) / static_cast<double>(most), screen - fixed - 1);
      line += colour ? "  \033[36m" + drawn + "\033[0m" : "  " + drawn;
    }
    sink.write(line + "\n");
  }
}

}  // namespace

void print_table(const ValueTable& table, const std::string& format, bool colour, Sink& sink) {
  const bool machine = format == "json" || format == "tsv" || format == "csv";
  if (machine) {
    if (format != "json")
      sink.write(table.name_head + (table.counts ? (format == "csv" ? "," : "\t") + table.count_head : "") + "\n");
    for (const auto& row : table.rows) sink.write(machine_row(table, row, format));
    return;
  }
  if (sink.terminal()) return print_for_people(table, colour, sink);
  for (const auto& row : table.rows) {
    std::string name, line;
    append_printable(name, row.name);
    const std::string count = std::to_string(row.count);
    if (!table.counts)
      line = name;
    else
      line = table.name_first ? name + "\t" + count : count + "\t" + name;
    sink.write(line + "\n");
  }
}

}  // namespace alco::output
