#pragma once
// Decides a text condition on the templates of a segment, once, in place of on every text.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lib/query/matcher.h"
#include "lib/store/template_table.h"

namespace alco::store {

enum class Verdict : uint8_t {
  no,     // no text of this template holds the pattern
  maybe,  // the text has to be looked at
  yes,    // every text of it does
};

struct TemplateVerdicts {
  std::vector<Verdict> of;  // by template
  bool any = false;         // one is not `no`
  // Of a `maybe`: its texts hold the pattern, a literal, if and only if one of their values does, and no time.
  std::vector<bool> in_value;
};

// `table` must not be changed in the meantime; `matcher` searches in texts (Matcher::found_in), or, with `whole`, is
// compared with whole texts: then nothing is a `yes`. Thread-safe.
class TemplateJudge {
 public:
  using Among = std::vector<Verdict>;

  // For few of the templates: those of a field. `matcher` must outlive it.
  TemplateJudge(std::shared_ptr<const TemplateTable> table, const query::Matcher& matcher, bool whole);
  ~TemplateJudge();
  Verdict of(uint32_t id);

  // Templates that `among` (null: all may be yes) has as `no` are not looked at, and stay `no`.
  static TemplateVerdicts of_all(const TemplateTable& table, const query::Matcher& matcher, bool whole,
                                 const Among* among = nullptr);
  // The same for a literal that is known to stand in no value.
  static TemplateVerdicts of_words(const TemplateTable& table, const query::Matcher& matcher, const Among* among);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace alco::store
