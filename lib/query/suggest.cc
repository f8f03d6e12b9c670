#include "lib/query/suggest.h"

#include <algorithm>
#include <numeric>

#include "lib/query/fold.h"

namespace alco::query {
namespace {

constexpr size_t kLongest = 64;  // longer names are not compared letter by letter

// Letters to insert, drop or replace, and neighbours to swap, to make one of the other.
size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before, above(b.size() + 1), row(b.size() + 1);
  std::iota(above.begin(), above.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before = above;
    above.swap(row);
  }
  return above[b.size()];
}

std::string_view last_part(std::string_view path) { return path.substr(path.rfind('.') + 1); }

// Smaller is likelier; nullopt-like large for names that nobody would mix up.
constexpr size_t kUnlike = 1000;

size_t unlikeness(const std::string& name, const std::string& candidate) {
  if (name == candidate) return 0;
  if (last_part(candidate) == name) return 1;
  if (name.size() > 1 && candidate.starts_with(name)) return 2;
  if (name.size() <= kLongest && candidate.size() <= kLongest) {
    const size_t allowed = name.size() < 3 ? 0 : name.size() < 6 ? 1 : name.size() / 3;
    const size_t distance =
        std::min(edit_distance(name, candidate), edit_distance(name, std::string(last_part(candidate))));
    if (distance <= allowed) return 2 + distance;
  }
  if (name.size() > 2 && candidate.find(name) != candidate.npos) return 20;
  if (candidate.size() > 2 && name.find(candidate) != name.npos) return 30;
  return kUnlike;
}

}  // namespace

std::vector<std::string> similar_names(std::string_view name, const FieldNames& names, size_t limit) {
  const std::string wanted = folded(name);
  std::vector<std::pair<size_t, std::string>> ranked;
  for (const std::string& candidate : names)
    if (const size_t rank = unlikeness(wanted, folded(candidate)); rank < kUnlike) ranked.emplace_back(rank, candidate);
  std::sort(ranked.begin(), ranked.end());
  std::vector<std::string> result;
  for (size_t i = 0; i < ranked.size() && i < limit; ++i) result.push_back(ranked[i].second);
  return result;
}

}  // namespace alco::query
