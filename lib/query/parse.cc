#include "lib/query/parse.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lib/error.h"
#include "lib/query/matcher.h"
#include "lib/query/pattern_case.h"
#include "lib/query/scanner.h"
#include "lib/query/suggest.h"
#include "lib/query/wildcard.h"
#include "lib/utf8.h"

namespace alco::query {
namespace {

constexpr size_t kMaxQuery = 256 << 10;
constexpr int kMaxDepth = 100;  // groups and negations within each other; deeper ones are text
constexpr size_t kMaxNotes = 5;
constexpr int kMaxRegexes = 100;
constexpr std::string_view kMessage = "message";

class Parser {
 public:
  Parser(std::string_view text, const FieldNames& fields, const ParseOptions& options)
      : in_(text), fields_(fields), options_(options) {}

  Parsed run() {
    bool has_or = false;
    Node node = alternatives(has_or);
    return {std::move(node), std::move(notes_)};
  }

 private:
  Node alternatives(bool& has_or);
  Node conjunction(bool& has_or);
  Node unary(bool& has_or);
  std::optional<Node> negation(bool& has_or);
  std::optional<Node> group(bool negated_group, bool& has_or);
  Node message_pattern();

  struct Field {
    std::string name;
    bool marked;  // written with '@'
  };
  std::optional<Field> field();
  std::optional<Node> condition();
  std::optional<Node> condition_on(const Field& field);
  std::optional<Node> comparison(const std::string& field);
  std::optional<Node> one_of(const std::string& field);
  std::optional<Node> exact_value(const std::string& field);
  std::optional<Node> value(const std::string& field);
  Pattern made(const Scanner::Delimited& delimited, Pattern::Kind kind, bool whole_word) const;
  void note_unknown(const std::string& name, bool marked);

  Scanner in_;
  const FieldNames& fields_;
  const ParseOptions& options_;
  std::vector<std::string> notes_;
  int depth_ = 0;
};

Node Parser::alternatives(bool& has_or) {
  std::vector<Node> nodes;
  nodes.push_back(conjunction(has_or));
  while (in_.operator_follows("OR")) {
    in_.take("OR");
    has_or = true;
    nodes.push_back(conjunction(has_or));
  }
  return any_of(std::move(nodes));
}

Node Parser::conjunction(bool& has_or) {
  std::vector<Node> nodes;
  for (;;) {
    in_.skip_blanks();
    if (in_.operands_end() || (!nodes.empty() && in_.operator_follows("OR"))) break;
    if (!nodes.empty() && in_.operator_follows("AND")) {
      in_.take("AND");
      in_.skip_blanks();
    }
    nodes.push_back(unary(has_or));
  }
  return all_of(std::move(nodes));
}

Node Parser::unary(bool& has_or) {
  if (auto node = negation(has_or)) return std::move(*node);
  if (in_.peek() == '(')
    if (auto node = group(false, has_or)) return std::move(*node);
  if (auto node = condition()) return std::move(*node);
  return message_pattern();
}

std::optional<Node> Parser::negation(bool& has_or) {
  if (depth_ >= kMaxDepth) return std::nullopt;
  if (in_.operator_follows("NOT")) {
    in_.take("NOT");
    in_.skip_blanks();
  } else {
    const bool sign = in_.peek() == '-' || in_.peek() == '!';
    if (!sign || in_.word_ends(1) || std::string_view("->=*").find(in_.peek(1)) != std::string_view::npos)
      return std::nullopt;
    in_.take(in_.at("-") ? "-" : "!");
  }
  ++depth_;
  std::optional<Node> node;
  if (in_.peek() == '(') node = group(true, has_or);
  if (!node) node = unary(has_or);
  --depth_;
  return negated(std::move(*node));
}

// A group is one only if it is closed at the end of a word and if it makes a difference.
std::optional<Node> Parser::group(bool negated_group, bool& has_or) {
  if (depth_ >= kMaxDepth || !in_.may_try()) return std::nullopt;
  const Scanner::Place begin = in_.place();
  const size_t notes = notes_.size();
  in_.enter_group();
  ++depth_;
  bool or_inside = false;
  Node node = alternatives(or_inside);
  --depth_;
  in_.leave_group(begin);
  if (node.kind == Node::Kind::everything || !(or_inside || negated_group) || !in_.take(")") || !in_.word_ends()) {
    in_.give_up(begin);
    notes_.resize(notes);
    return std::nullopt;
  }
  has_or |= or_inside;
  return node;
}

Pattern Parser::made(const Scanner::Delimited& delimited, Pattern::Kind kind, bool whole_word) const {
  const Scanner::Flags& flags = delimited.flags;
  const Case letter_case = flags.ignore_case ? Case::ignore : flags.exact_case ? Case::exact : options_.letter_case;
  Pattern pattern = kind == Pattern::Kind::regex ? regex(delimited.text, letter_case) : Pattern{};
  pattern.whole_word = whole_word || flags.whole_word;
  pattern.dot_all = flags.dot_all;
  if (kind == Pattern::Kind::regex) return pattern;
  pattern.kind = kind;
  pattern.text = delimited.text;
  set_case(pattern, letter_case);
  return pattern;
}

Node Parser::message_pattern() {
  const bool whole_word = options_.whole_word;
  if (const auto quoted = in_.quoted()) return contains(made(*quoted, Pattern::Kind::literal, whole_word));
  if (const auto regex = in_.regex()) return contains(made(*regex, Pattern::Kind::regex, whole_word));
  return contains(made({std::string(in_.word()), {}}, Pattern::Kind::literal, whole_word));
}

std::optional<Parser::Field> Parser::field() {
  if (in_.take("@")) {
    if (auto name = in_.quoted_name()) return Field{std::move(*name), true};
    if (auto name = in_.name()) return Field{std::move(*name), true};
    return std::nullopt;
  }
  auto name = in_.name();
  if (!name) return std::nullopt;
  if (name == kMessage || fields_.contains(*name)) return Field{std::move(*name), false};
  if (in_.peek() == ':' && !in_.word_ends(1) && !in_.at("://")) note_unknown(*name, false);
  return std::nullopt;
}

std::optional<Node> Parser::condition() {
  const Scanner::Place begin = in_.place();
  if (const auto name = field()) {
    if (auto node = condition_on(*name)) {
      if (name->marked && name->name != kMessage && !fields_.contains(name->name)) note_unknown(name->name, true);
      return node;
    }
  }
  in_.back(begin);
  return std::nullopt;
}

std::optional<Node> Parser::condition_on(const Field& field) {
  if (field.marked && in_.take("=")) return exact_value(field.name);
  if (!in_.take(":")) {
    in_.skip_blanks();
    return comparison(field.name);
  }
  if (in_.at("*") && in_.word_ends(1)) {
    in_.take("*");
    Node node;
    node.kind = Node::Kind::exists;
    node.field = field.name;
    return node;
  }
  if (in_.peek() == '(')
    if (auto node = one_of(field.name)) return node;
  if (auto node = comparison(field.name)) return node;
  return value(field.name);
}

std::optional<Node> Parser::comparison(const std::string& field) {
  using Op = Node::Op;
  static constexpr std::pair<std::string_view, Op> kOps[] = {
      {">=", Op::greater_equal}, {"<=", Op::less_equal}, {">", Op::greater}, {"<", Op::less}};
  if (field == kMessage) return std::nullopt;
  const Scanner::Place begin = in_.place();
  for (const auto& [text, op] : kOps) {
    if (!in_.take(text)) continue;
    in_.skip_blanks();
    if (const auto number = in_.number(field)) {
      Node node;
      node.kind = Node::Kind::compare;
      node.field = field;
      node.op = op;
      node.number = *number;
      return node;
    }
    in_.back(begin);
    break;
  }
  return std::nullopt;
}

std::optional<Node> Parser::one_of(const std::string& field) {
  if (depth_ >= kMaxDepth || !in_.may_try()) return std::nullopt;
  const Scanner::Place begin = in_.place();
  in_.enter_group();
  std::vector<Node> nodes;
  for (;;) {
    in_.skip_blanks();
    if (in_.operands_end()) break;
    if (!nodes.empty() && in_.operator_follows("OR")) {
      in_.take("OR");
      in_.skip_blanks();
    }
    nodes.push_back(*value(field));
  }
  in_.leave_group(begin);
  if (nodes.empty() || !in_.take(")") || !in_.word_ends()) {
    in_.give_up(begin);
    return std::nullopt;
  }
  return any_of(std::move(nodes));
}

std::optional<Node> Parser::exact_value(const std::string& field) {
  if (const auto quoted = in_.quoted()) return equals(field, quoted->text);
  if (in_.value_ends()) return std::nullopt;
  return equals(field, in_.word());
}

// What follows "field:"; nullopt only if nothing does.
std::optional<Node> Parser::value(const std::string& field) {
  if (in_.value_ends()) return std::nullopt;
  if (field == kMessage) return message_pattern();
  Node node;
  node.field = field;
  if (const auto regex = in_.regex()) {
    node.kind = Node::Kind::contains;
    node.pattern = made(*regex, Pattern::Kind::regex, false);
    return node;
  }
  node.kind = Node::Kind::equals;
  if (const auto quoted = in_.quoted()) {
    node.pattern = made(*quoted, quoted->flags.wildcard ? Pattern::Kind::wildcard : Pattern::Kind::literal, false);
    return node;
  }
  std::string text(in_.word());
  const bool star = has_star(text);
  if (!star && text.find("\\*") != text.npos) text = Wildcard(text).pieces()[0];
  node.pattern = made({std::move(text), {}}, star ? Pattern::Kind::wildcard : Pattern::Kind::literal, false);
  return node;
}

void Parser::note_unknown(const std::string& name, bool marked) {
  const std::string start = "no field '" + name + "' in this index";
  const auto known = [&](const std::string& note) { return note.starts_with(start); };
  if (notes_.size() >= kMaxNotes || name.size() > 100 || std::any_of(notes_.begin(), notes_.end(), known)) return;
  std::vector<std::string> names = similar_names(name, fields_);
  if (marked && fields_.contains("@" + name)) names = {"@@" + name};
  std::string note = start;
  for (size_t i = 0; i < names.size(); ++i)
    note += (i == 0 ? "; did you mean " : i + 1 == names.size() ? " or " : ", ") + names[i];
  notes_.push_back(note + (names.empty() ? "" : "?"));
}

// Throws what is wrong with the first regular expression that can't be run. Done once for what was understood: in
// attempts that come to nothing it would cost too much.
void check_regexes(const Node& node, int& count) {
  if (node.pattern.kind == Pattern::Kind::regex) {
    if (++count > kMaxRegexes)
      throw Error(EX_USAGE, "query: more than " + std::to_string(kMaxRegexes) + " regular expressions");
    const Matcher check(node.pattern);
  }
  for (const Node& child : node.children) check_regexes(child, count);
}

}  // namespace

Parsed parse(std::string_view text, const FieldNames& fields, const ParseOptions& options) {
  if (text.size() > kMaxQuery) throw Error(EX_USAGE, "query: longer than " + std::to_string(kMaxQuery) + " bytes");
  std::string repaired;
  utf8::append_repaired(repaired, text);
  Parsed parsed = Parser(repaired, fields, options).run();
  int regexes = 0;
  check_regexes(parsed.node, regexes);
  return parsed;
}

}  // namespace alco::query
