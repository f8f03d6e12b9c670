#include "lib/output/link.h"

#include <unistd.h>

#include "lib/error.h"
#include "lib/query/canonical.h"

namespace alco::output {
namespace {

std::string percent_encoded(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        (byte >= '0' && byte <= '9') || ((byte | 32) >= 'a' && (byte | 32) <= 'z') || kPlain.find(c) != kPlain.npos;
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
  return out;
}

// What others reach the page by: a wildcard address means this machine.
std::string base_of(const std::string& listen) {
  if (listen.starts_with("unix:"))
    throw Error(EX_USAGE, "--url: the page listens on " + listen + ", which has no address; set http.listen");
  std::string host = listen;
  if (host.starts_with("0.0.0.0:") || host.starts_with("[::]:") || host.starts_with("*:")) {
    char name[256] = "localhost";
    gethostname(name, sizeof name - 1);
    host = name + host.substr(host.rfind(':'));
  }
  return "http://" + host;
}

}  // namespace

std::string link_to(const QueryOptions& options, const Search& search) {
  if (!search.index) throw Error(EX_USAGE, "--url: files have no web page; give an index with -i");
  std::string link = base_of(search.config.http.listen) + "/grep/" + search.index->str() + "/";
  char separator = '?';
  const auto add = [&](std::string_view name, const std::string& value) {
    link += separator;
    link += name;
    link += '=' + percent_encoded(value);
    separator = '&';
  };
  if (search.query.kind != query::Node::Kind::everything) add("q", query::canonical(search.query));
  if (search.range.since != kMinTime) add("since", to_rfc3339(search.range.since));
  if (search.range.until != kMaxTime) add("until", to_rfc3339(search.range.until));
  const uint64_t id = options.id != kNoNumber ? options.id : options.around;
  if (id != kNoNumber) add("around", std::to_string(id));
  if (options.wants_context()) {
    const query::ContextOptions context = context_options(options);
    if (context.before != kNoNumber && context.before > 0) add("B", std::to_string(context.before));
    if (context.after != kNoNumber && context.after > 0) add("A", std::to_string(context.after));
    if (!options.within.empty()) add("within", options.within);
    std::string same;
    for (const std::string& field : context.same) same += (same.empty() ? "" : ",") + field;
    if (!same.empty()) add("same", same);
  }
  std::string columns;
  for (const std::string& column : options.columns) columns += (columns.empty() ? "" : ",") + column;
  if (!columns.empty()) add("cols", columns);
  return link;
}

}  // namespace alco::output
