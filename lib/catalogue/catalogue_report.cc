#include "lib/catalogue/catalogue_report.h"

#include <set>

#include "lib/printable.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

std::set<std::string> set_of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

}  // namespace

std::string list_fields(Catalogue& catalogue, const IndexName& index) {
  const std::set<std::string> filtered = set_of(catalogue.filtered_fields(index));
  const std::set<std::string> overflowed = set_of(catalogue.overflowed_fields(index));
  std::string out;
  for (const std::string& name : catalogue.fields(index)) {
    append_printable(out, name);
    if (overflowed.contains(name))
      out += "\ttoo many values\n";
    else if (filtered.contains(name))
      out += "\t" + std::to_string(catalogue.values(index, name).size()) + "\n";
    else
      out += "\t-\n";
  }
  return out;
}

std::string list_values(Catalogue& catalogue, const IndexName& index, const std::string& field) {
  std::string out;
  for (const ListedValue& value : catalogue.values(index, field)) {
    append_printable(out, value.value);
    out += '\t';
    append_rfc3339(out, value.last_seen * kSecond);
    out += '\n';
  }
  return out;
}

}  // namespace alco
