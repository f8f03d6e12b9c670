#include "lib/store/template_match.h"

#include <array>
#include <optional>

namespace alco::store {
namespace {

using query::Matcher;
using query::Pattern;

// What the slots of a template may hold.
enum Holds : unsigned { kDigits = 1, kDots = 2, kHex = 4, kDashes = 8, kAlnum = 16, kAnything = 32 };

unsigned holds(Slot kind) {
  switch (kind) {
    case Slot::number:
    case Slot::longer:
    case Slot::padded:
      return kDigits;
    case Slot::ip:
      return kDigits | kDots;
    case Slot::hex_lower:
    case Slot::hex_upper:
      return kDigits | kHex;
    case Slot::uuid:
      return kDigits | kHex | kDashes;
    case Slot::opaque:
      return kDigits | kHex | kAlnum;
    case Slot::whole:
      return kAnything;
  }
  return kAnything;
}

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool may_be_in_slot(char c, unsigned mask) {
  if (digit(c)) return true;
  if (c == '.') return mask & kDots;
  if (c == '-') return mask & kDashes;
  if (letter(c)) return mask & kAlnum || (mask & kHex && (c | 0x20) <= 'f');
  return false;
}

// The longest part of a literal that can only stand in the words of a template whose slots hold `mask`. A run of
// letters that begins and ends inside the literal is such a part even if slots hold letters: a slot is a whole run of
// letters and digits, with a digit in it (a uuid is not, nor the digits behind 0x).
std::string anchor_of(const std::string& literal, unsigned mask) {
  if (mask & kAnything) return {};
  std::vector<bool> fixed(literal.size());
  for (size_t i = 0; i < literal.size(); ++i) fixed[i] = !may_be_in_slot(literal[i], mask);
  if (mask & kAlnum && !(mask & kDashes)) {
    for (size_t begin = 1; begin < literal.size(); ++begin) {
      if (!letter(literal[begin]) || letter(literal[begin - 1]) || digit(literal[begin - 1])) continue;
      size_t end = begin;
      while (end < literal.size() && letter(literal[end])) ++end;
      if (end < literal.size() && !digit(literal[end]))
        std::fill(fixed.begin() + static_cast<ptrdiff_t>(begin), fixed.begin() + static_cast<ptrdiff_t>(end), true);
    }
  }
  size_t best = 0, best_size = 0;
  for (size_t i = 0; i < literal.size();) {
    size_t end = i;
    while (end < literal.size() && fixed[end]) ++end;
    if (end - i > best_size) {
      best = i;
      best_size = end - i;
    }
    i = end + 1;
  }
  return literal.substr(best, best_size);
}

// The templates whose words hold a literal.
std::vector<bool> templates_with(const TemplateTable& table, const std::string& literal, bool ignore_case) {
  std::vector<bool> found(table.size());
  std::vector<std::pair<size_t, size_t>> spans;
  Matcher(Pattern{Pattern::Kind::literal, literal, ignore_case, false, false}).spans(table.text(), spans);
  uint32_t id = 0;
  for (const auto& [begin, end] : spans) {
    while (table.begin(id + 1) <= begin) ++id;
    found[id] = true;
  }
  return found;
}

// A literal that every matching text holds, with its anchors for each kind of template.
class Required {
 public:
  Required(const TemplateTable& table, const std::string& literal, bool ignore_case)
      : table_(table),
        literal_(literal),
        ignore_case_(ignore_case),
        found_(templates_with(table, literal, ignore_case)) {}

  bool in_words(uint32_t id) const { return found_[id]; }

  bool possible(uint32_t id, unsigned mask) {
    if (found_[id]) return true;
    if (mask == 0) return false;
    auto& anchor = anchors_[mask];
    if (!anchor) {
      const std::string text = anchor_of(literal_, mask);
      anchor = text.empty() ? std::vector<bool>(table_.size(), true) : templates_with(table_, text, ignore_case_);
    }
    return (*anchor)[id];
  }

 private:
  const TemplateTable& table_;
  std::string literal_;
  bool ignore_case_;
  std::vector<bool> found_;
  std::array<std::optional<std::vector<bool>>, 64> anchors_;
};

}  // namespace

TemplateVerdicts judge_templates(const TemplateTable& table, const Matcher& matcher, bool whole) {
  const Pattern& pattern = matcher.pattern();
  const bool decides = pattern.kind == Pattern::Kind::literal && !pattern.whole_word && !whole;
  std::vector<Required> required;
  for (const std::string& literal : matcher.required()) required.emplace_back(table, literal, pattern.ignore_case);
  TemplateVerdicts verdicts;
  verdicts.of.resize(table.size(), Verdict::no);
  for (uint32_t id = 0; id < table.size(); ++id) {
    if (decides && (required.empty() || required[0].in_words(id))) {
      verdicts.of[id] = Verdict::yes;
      verdicts.any = true;
      continue;
    }
    unsigned mask = 0;
    for (SlotType slot : table.slots(id)) mask |= holds(slot.kind);
    bool possible = !(decides && mask == 0);
    for (size_t i = 0; possible && i < required.size(); ++i) possible = required[i].possible(id, mask);
    if (!possible) continue;
    verdicts.of[id] = Verdict::maybe;
    verdicts.any = true;
  }
  return verdicts;
}

}  // namespace alco::store
