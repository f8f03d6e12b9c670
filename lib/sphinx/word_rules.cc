#include "lib/sphinx/word_rules.h"

#include <algorithm>
#include <vector>

#include "lib/error.h"

namespace alco::sphinx {
namespace {

// A text that stemming, stop words, minimal lengths, other letters and so on would all show in, and its words.
constexpr const char* kText =
    "CALL KEYWORDS('aB_9 x 5 яЁЩ ошибками running connections the and caf\xc3\xa9-z q.w e/r t@y u&i o+p', '";
const std::vector<std::string> kWords = {"ab_9", "x",   "5",   "яёщ", "ошибками", "running", "connections",
                                         "the",  "and", "caf", "z",   "q",        "w",       "e",
                                         "r",    "t",   "y",   "u",   "i",        "o",       "p"};

bool too_short(Client& client, const std::string& table, const char* part) {
  {
    Rows rows = client.query("SELECT id FROM " + table + " WHERE MATCH('@logline " + part + "') LIMIT 1");
    while (rows.next()) {
    }
  }
  return client.warned();
}

bool keeps_stars(Client& client, const std::string& table) {
  bool kept = false;
  Rows rows = client.query("CALL KEYWORDS('*abcd*', '" + table + "')");
  while (rows.next()) kept = rows.text(1) == "*abcd*";
  return kept;
}

}  // namespace

WordRules probe_word_rules(Client& client, const std::string& table) {
  WordRules rules;
  try {
    std::vector<std::string> tokenized, normalized;
    {
      Rows rows = client.query(kText + table + "')");
      while (rows.next()) {
        tokenized.emplace_back(rows.text(1));
        normalized.emplace_back(rows.text(2));
      }
    }
    rules.whole = tokenized == kWords && normalized == kWords;
    if (!rules.whole || !keeps_stars(client, table)) return rules;
    if (!too_short(client, table, "*ab*"))
      rules.infix = 2;
    else if (!too_short(client, table, "*abc*"))
      rules.infix = 3;
  } catch (const Error& error) {
    if (error.code() == EX_UNAVAILABLE) throw;
    return {};
  }
  return rules;
}

}  // namespace alco::sphinx
