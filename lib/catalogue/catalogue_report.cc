#include "lib/catalogue/catalogue_report.h"

#include <set>

#include "lib/printable.h"
#include "lib/timestamp.h"

namespace alco {
namespace {

std::set<std::string> set_of(const std::vector<std::string>& names) { return {names.begin(), names.end()}; }

uint64_t count_older(Catalogue& catalogue, const IndexName& index, int64_t seen_before) {
  uint64_t count = 0;
  for (const std::string& name : catalogue.filtered_fields(index))
    for (const ListedValue& value : catalogue.values(index, name)) count += value.last_seen < seen_before;
  return count;
}

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

std::string trim_catalogue(Catalogue& catalogue, const IndexName& index, int64_t first_day, bool dry_run) {
  const int64_t before = first_day * (kDay / kSecond);
  const uint64_t count = dry_run ? count_older(catalogue, index, before) : catalogue.expire(index, before);
  if (count == 0) return "";
  return index.str() + ": " + std::to_string(count) + (count == 1 ? " value" : " values") + " of the catalogue " +
         (dry_run ? "would be removed" : "removed");
}

}  // namespace alco
