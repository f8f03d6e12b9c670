#include "lib/store/template_match.h"

#include <algorithm>
#include <array>
#include <deque>
#include <mutex>
#include <optional>

namespace alco::store {
namespace {

using query::Matcher;
using query::Pattern;

// What the slots of a template may hold.
enum Holds : unsigned { kDigits = 1, kDots = 2, kHex = 4, kDashes = 8, kAlnum = 16, kAnything = 32 };

unsigned holds(Slot kind) {
  switch (kind) {
    case Slot::hour_east:
    case Slot::hour_west:
    case Slot::minute:
    case Slot::second:
    case Slot::fraction:
    case Slot::epoch:
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

bool slot_may_hold(SlotType slot, char c) {
  const unsigned mask = holds(slot.kind);
  return mask & kAnything || may_be_in_slot(c, mask);
}

size_t longest_text(SlotType slot) {
  switch (slot.kind) {
    case Slot::hour_east:
    case Slot::hour_west:
    case Slot::minute:
    case Slot::second:
      return 2;
    case Slot::fraction:
    case Slot::epoch:
    case Slot::padded:
    case Slot::hex_lower:
    case Slot::hex_upper:
      return slot.width;
    case Slot::number:
      return 5;
    case Slot::longer:
      return 19;
    case Slot::uuid:
      return 36;
    case Slot::ip:
      return 15;
    case Slot::opaque:
    case Slot::whole:
      break;
  }
  return ~size_t{0};
}

// Whether a text of a template can hold a literal: tries each place of it, slots standing for what their kind allows.
class Placement {
 public:
  // `beyond_value`: only places that are not inside of one value count.
  Placement(std::string_view key, std::string_view literal, bool ignore_case, bool beyond_value)
      : key_(key), literal_(literal), ignore_case_(ignore_case), beyond_value_(beyond_value) {}

  bool possible() {
    // Other characters than ASCII may fold to each other, and to ASCII: leave those to the text.
    if (ignore_case_ && !(ascii(literal_) && ascii(key_))) return true;
    for (size_t at = 0; at < key_.size();) {
      if (key_[at] == kSlotMark) {
        if (from_slot(at, 0)) return true;
        at += kSlotBytes;
      } else {
        if (from_word(at, 0)) return true;
        ++at;
      }
    }
    return false;
  }

 private:
  static bool ascii(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
      if (text[i] == kSlotMark)
        i += kSlotBytes - 1;
      else if (static_cast<signed char>(text[i]) < 0)
        return false;
    }
    return true;
  }

  bool same(char a, char b) const {
    return a == b || (ignore_case_ && letter(a) && letter(b) && (a | 0x20) == (b | 0x20));
  }

  bool from(size_t at, size_t done) {
    if (done == literal_.size()) return !inside_ || !beyond_value_;
    inside_ = false;
    if (at >= key_.size()) return false;
    return key_[at] == kSlotMark ? from_slot(at, done) : from_word(at, done);
  }

  bool from_word(size_t at, size_t done) {
    inside_ = false;
    while (done < literal_.size() && at < key_.size() && key_[at] != kSlotMark) {
      if (!same(key_[at], literal_[done])) return false;
      ++at;
      ++done;
    }
    return from(at, done);
  }

  bool from_slot(size_t at, size_t done) {
    const SlotType slot{static_cast<Slot>(key_[at + 1]), static_cast<uint8_t>(key_[at + 2] & 0x7f)};
    const size_t longest = std::min(literal_.size() - done, longest_text(slot));
    for (size_t next = done; next < done + longest && slot_may_hold(slot, literal_[next]);) {
      ++next;
      inside_ = done == 0 && !slot.is_time();
      if (from(at + kSlotBytes, next)) return true;
    }
    return false;
  }

  std::string_view key_, literal_;
  bool ignore_case_, beyond_value_;
  bool inside_ = false;  // what is placed lies in one value
};

// The templates whose words hold a literal: found in all of them at once, or in one when it is asked for.
class InWords {
 public:
  InWords(const TemplateTable& table, const std::string& literal, bool ignore_case)
      : table_(table),
        never_(literal.find(kSlotMark) != literal.npos),  // no text is like that
        matcher_(Pattern{Pattern::Kind::literal, literal, ignore_case, false, false}) {}

  void find_all() {
    found_.resize(table_.size());
    for (size_t piece = 0; piece < table_.pieces() && !never_; ++piece) {
      const TemplateTable::Texts texts = table_.texts(piece);
      uint32_t id = texts.first;
      for (size_t from = 0; from < texts.text.size();) {
        const auto match = matcher_.find(texts.text, from);
        if (!match) break;
        while (table_.end(id) <= match->first) ++id;
        found_[id] = true;
        from = table_.end(id);  // the other places in this template do not matter
      }
    }
  }

  bool operator()(uint32_t id) const {
    return found_.empty() ? !never_ && matcher_.found_in(table_.key(id)) : static_cast<bool>(found_[id]);
  }

 private:
  const TemplateTable& table_;
  bool never_;
  Matcher matcher_;
  std::vector<bool> found_;  // by template, after find_all()
};

// A literal that every matching text holds, with its anchors for each kind of template.
class Required {
 public:
  // `all`: most templates will be asked about.
  Required(const TemplateTable& table, const std::string& literal, bool ignore_case, bool all)
      : table_(table), literal_(literal), ignore_case_(ignore_case), all_(all), found_(table, literal, ignore_case) {
    if (all) found_.find_all();
  }

  bool in_words(uint32_t id) const { return found_(id); }

  bool possible(uint32_t id, unsigned mask) {
    if (found_(id)) return true;
    if (mask == 0) return false;
    const Anchor& anchor = anchor_for(mask);
    return (!anchor.words || (*anchor.words)(id)) &&
           Placement(table_.key(id), literal_, ignore_case_, false).possible();
  }

  bool only_in_value(uint32_t id) const { return !Placement(table_.key(id), literal_, ignore_case_, true).possible(); }

 private:
  struct Anchor {
    std::optional<InWords> words;  // none: any template may do
  };

  const Anchor& anchor_for(unsigned mask) {
    auto& anchor = anchors_[mask];
    if (anchor) return *anchor;
    anchor.emplace();
    const std::string text = anchor_of(literal_, mask);
    if (text.empty()) return *anchor;
    anchor->words.emplace(table_, text, ignore_case_);
    if (all_) anchor->words->find_all();
    return *anchor;
  }

  const TemplateTable& table_;
  std::string literal_;
  bool ignore_case_, all_;
  InWords found_;
  std::array<std::optional<Anchor>, 64> anchors_;
};

// Whether it is quicker to look at all templates at once.
bool most_of(const TemplateTable& table, const TemplateJudge::Among* among) {
  constexpr size_t kFew = 3;  // one in so many
  if (!among) return true;
  const auto left = among->size() - static_cast<size_t>(std::count(among->begin(), among->end(), Verdict::no));
  return left >= table.size() / kFew;
}

}  // namespace

struct TemplateJudge::Impl {
  Impl(const TemplateTable& table_in, const Matcher& matcher, bool whole, bool all) : table(table_in) {
    const Pattern& pattern = matcher.pattern();
    decides = pattern.kind == Pattern::Kind::literal && !pattern.whole_word && !whole;
    for (const std::string& literal : matcher.required())
      required.emplace_back(table, literal, pattern.ignore_case, all);
  }

  Verdict judge(uint32_t id) {
    if (decides && (required.empty() || required[0].in_words(id))) return Verdict::yes;
    if (table.count(id) == 0) return Verdict::no;  // kept for texts that did not come
    unsigned mask = 0;
    walk_template(
        table.key(id), [](std::string_view) {}, [&](SlotType slot) { mask |= holds(slot.kind); });
    if (decides && mask == 0) return Verdict::no;
    for (Required& literal : required)
      if (!literal.possible(id, mask)) return Verdict::no;
    return Verdict::maybe;
  }

  const TemplateTable& table;
  bool decides = false;
  std::deque<Required> required;
  std::mutex mutex;
  std::vector<std::optional<Verdict>> known;  // by template
  std::shared_ptr<const TemplateTable> kept;
};

TemplateJudge::TemplateJudge(std::shared_ptr<const TemplateTable> table, const Matcher& matcher, bool whole)
    : impl_(std::make_unique<Impl>(*table, matcher, whole, false)) {
  impl_->known.resize(table->size());
  impl_->kept = std::move(table);
}

TemplateJudge::~TemplateJudge() = default;

Verdict TemplateJudge::of(uint32_t id) {
  std::lock_guard lock(impl_->mutex);
  auto& verdict = impl_->known[id];
  if (!verdict) verdict = impl_->judge(id);
  return *verdict;
}

TemplateVerdicts TemplateJudge::of_all(const TemplateTable& table, const Matcher& matcher, bool whole,
                                       const Among* among) {
  Impl impl(table, matcher, whole, most_of(table, among));
  TemplateVerdicts verdicts;
  verdicts.of.resize(table.size(), Verdict::no);
  verdicts.in_value.resize(table.size());
  for (uint32_t id = 0; id < table.size(); ++id) {
    if (among && (*among)[id] == Verdict::no) continue;
    const Verdict verdict = verdicts.of[id] = impl.judge(id);
    verdicts.any = verdicts.any || verdict != Verdict::no;
    verdicts.in_value[id] =
        verdict == Verdict::maybe && impl.decides && !impl.required.empty() && impl.required[0].only_in_value(id);
  }
  return verdicts;
}

TemplateVerdicts TemplateJudge::of_words(const TemplateTable& table, const Matcher& matcher, const Among* among) {
  TemplateVerdicts verdicts;
  verdicts.of.resize(table.size(), Verdict::no);
  verdicts.in_value.resize(table.size());
  InWords found(table, matcher.pattern().text, matcher.pattern().ignore_case);
  if (most_of(table, among)) found.find_all();
  for (uint32_t id = 0; id < table.size(); ++id) {
    if ((among && (*among)[id] == Verdict::no) || !found(id)) continue;
    verdicts.of[id] = Verdict::yes;
    verdicts.any = true;
  }
  return verdicts;
}

}  // namespace alco::store
