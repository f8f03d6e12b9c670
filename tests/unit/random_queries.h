#pragma once
// Queries of every kind, cut from the events that they are put to, so that most of them find something.
#include <array>
#include <random>
#include <string>
#include <vector>

#include "lib/event_parser.h"
#include "lib/query/compare.h"
#include "lib/query/field_text.h"
#include "lib/query/parse.h"
#include "lib/utf8.h"

class RandomQueries {
 public:
  RandomQueries(unsigned seed, const std::vector<std::string>& lines) : random_(seed) {
    alco::EventParser parser;
    for (const std::string& line : lines) {
      const alco::Event& event = parser.parse(line, 0);
      if (event.message) messages_.emplace_back(event.message->substr(0, 2000));
      alco::for_each_leaf(event, [&](std::string_view path, const alco::Member& member) {
        fields_.emplace(path);
        std::string scratch;
        alco::query::any_text(member, scratch, [&](std::string_view text) {
          if (values_.size() < 50'000) values_.emplace_back(path, text.substr(0, 2000));
          return false;
        });
      });
    }
    if (messages_.empty()) messages_.emplace_back();
    if (values_.empty()) values_.emplace_back("none", "");
    names_.assign(fields_.begin(), fields_.end());
    names_.push_back("message");
    names_.push_back("no such field");
  }

  alco::query::Node next() { return node(3); }
  const alco::query::FieldNames& fields() const { return fields_; }
  std::string field() { return names_[below(names_.size())]; }

 private:
  using Node = alco::query::Node;
  using Pattern = alco::query::Pattern;
  using Case = alco::query::Case;

  size_t below(size_t n) { return random_() % n; }
  bool one_in(size_t n) { return below(n) == 0; }
  Case some_case() { return static_cast<Case>(below(3)); }

  Node node(int depth) {
    if (depth > 0 && one_in(3)) {
      std::vector<Node> nodes;
      for (size_t n = 2 + below(3); n > 0; --n) nodes.push_back(node(depth - 1));
      return one_in(2) ? alco::query::all_of(std::move(nodes)) : alco::query::any_of(std::move(nodes));
    }
    if (depth > 0 && one_in(5)) return alco::query::negated(node(depth - 1));
    return one_in(2) ? in_message() : on_field();
  }

  // A piece of text between character boundaries, short ones more often.
  std::string piece(const std::string& text) {
    if (text.empty()) return text;
    const auto boundary = [&](size_t at) {
      while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80) --at;
      return at;
    };
    const size_t begin = boundary(below(text.size()));
    const size_t end = boundary(std::min(text.size(), begin + 1 + below(one_in(3) ? 40 : 8)));
    return text.substr(begin, end - begin);
  }

  std::string varied(std::string text) {
    if (one_in(12)) text += "zq";
    if (one_in(4))
      for (char& c : text) c = one_in(2) ? static_cast<char>(toupper(c)) : static_cast<char>(tolower(c));
    return text;
  }

  Node in_message() {
    const std::string& message = messages_[below(messages_.size())];
    if (one_in(4)) return alco::query::contains(regex(message));
    if (one_in(30)) return alco::query::equals("message", message);
    Pattern pattern = alco::query::literal(varied(piece(message)), some_case());
    pattern.whole_word = one_in(5);
    return alco::query::contains(pattern);
  }

  Pattern regex(const std::string& text) {
    const std::array fixed = {"[0-9]+ terminating",
                              "^[A-Z]",
                              "error|bad",
                              "\\berr",
                              "^$",
                              "a.*e",
                              "\\d{3}",
                              "[^ -~]",
                              "x+y?",
                              "(?i)service (started|stopped)",
                              "\\pL+ \\d",
                              "line \\d+$",
                              "in -?\\d+",
                              "",
                              "."};
    std::string expression;
    if (one_in(2)) {
      expression = fixed[below(fixed.size())];
    } else {
      for (const char c : piece(text)) {
        if (c >= '0' && c <= '9')
          expression += one_in(2) ? "\\d" : "[0-9]+";
        else if (one_in(15))
          expression += "[^\\n]*";
        else if (ispunct(static_cast<unsigned char>(c)))
          expression += std::string("\\") + c;
        else if (c != '\0')
          expression += c;
      }
    }
    Pattern pattern =
        alco::query::regex(expression.empty() || !alco::utf8::valid(expression) ? "x" : expression, some_case());
    pattern.dot_all = one_in(6);
    pattern.whole_word = one_in(8);
    return pattern;
  }

  Node on_field() {
    const auto& [path, value] = values_[below(values_.size())];
    Node result;
    result.field = one_in(8) ? field() : path;
    switch (below(6)) {
      case 0:
        result.kind = Node::Kind::exists;
        return result;
      case 1:
        result.kind = Node::Kind::contains;
        result.pattern = regex(value);
        break;
      case 2:
        compare(result, value);
        break;
      case 3:
        wildcard(result, value);
        break;
      default:
        return one_in(2) ? alco::query::equals(result.field, varied(value)) : folded_equals(result, value);
    }
    if (result.field == "message" && result.kind != Node::Kind::contains) return alco::query::equals("message", value);
    return result;
  }

  Node folded_equals(Node result, const std::string& value) {
    if (result.field == "message") return alco::query::equals("message", value);
    result.kind = Node::Kind::equals;
    result.pattern = alco::query::literal(varied(value), some_case());
    return result;
  }

  void wildcard(Node& result, const std::string& value) {
    result.kind = Node::Kind::equals;
    std::string text = piece(value);
    for (size_t i = 0; i < text.size(); ++i)
      if (text[i] == '*' || text[i] == '\\') text.insert(i++, "\\");
    if (one_in(2)) text += "*";
    if (one_in(2)) text = "*" + text;
    if (one_in(4)) text += "*" + piece(value) + "*";
    if (text.find('*') == text.npos) text += "*";
    result.pattern = alco::query::literal(text, some_case());
    result.pattern.kind = Pattern::Kind::wildcard;
  }

  void compare(Node& result, const std::string& value) {
    result.kind = Node::Kind::compare;
    result.op = static_cast<Node::Op>(below(4));
    result.number = strtod(value.c_str(), nullptr) + (one_in(2) ? 0 : static_cast<double>(below(5)) - 2.5);
    if (!(result.number > -1e308 && result.number < 1e308)) result.number = 1;
  }

  std::mt19937 random_;
  std::vector<std::string> messages_, names_;
  std::vector<std::pair<std::string, std::string>> values_;
  alco::query::FieldNames fields_;
};
