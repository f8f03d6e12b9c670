#include "lib/query/canonical.h"

#include <charconv>
#include <string_view>

#include "lib/query/pattern_case.h"

namespace alco::query {
namespace {

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  size_t backslashes = 0;
  for (const char c : text) {
    if (c == '"') out.append(backslashes + 1, '\\');
    backslashes = c == '\\' ? backslashes + 1 : 0;
    out += c;
  }
  out.append(backslashes, '\\');
  out += '"';
}

void append_regex(std::string& out, std::string_view text) {
  out += '/';
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') out += '\\';
    out += text[i];
    if (text[i] == '\\' && i + 1 < text.size()) out += text[++i];
  }
  out += '/';
}

void append_pattern(std::string& out, const Pattern& pattern) {
  const bool regex = pattern.kind == Pattern::Kind::regex;
  if (regex)
    append_regex(out, pattern.text);
  else
    append_quoted(out, pattern.text);
  const bool smart = smart_ignores_case(pattern);
  if (pattern.ignore_case && !smart) out += 'i';
  if (pattern.dot_all) out += 's';
  std::string flags;
  if (!pattern.ignore_case && smart) flags += 'c';
  if (pattern.kind == Pattern::Kind::wildcard) flags += 'g';
  if (pattern.whole_word) flags += 'w';
  if (!flags.empty()) out += "-" + flags;
}

bool plain_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '@' ||
           static_cast<unsigned char>(c) >= 0x80;
  };
  if (name.empty() || !letter(name[0])) return false;
  for (const char c : name)
    if (!letter(c) && !(c >= '0' && c <= '9') && c != '.' && c != '-') return false;
  return true;
}

void append_field(std::string& out, std::string_view name) {
  out += '@';
  if (plain_name(name)) {
    out += name;
    return;
  }
  out += '"';
  for (const char c : name) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void append_number(std::string& out, double number) {
  char text[40];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

std::string_view text_of(Node::Op op) {
  switch (op) {
    case Node::Op::less:
      return "<";
    case Node::Op::less_equal:
      return "<=";
    case Node::Op::greater:
      return ">";
    case Node::Op::greater_equal:
      return ">=";
  }
  return {};
}

void append_condition(std::string& out, const Node& node) {
  const bool exact = node.kind == Node::Kind::equals && node.pattern.kind == Pattern::Kind::literal &&
                     !node.pattern.ignore_case && !node.pattern.whole_word;
  if (node.kind == Node::Kind::contains && node.field == "message") {
    append_pattern(out, node.pattern);
    return;
  }
  append_field(out, node.field);
  if (exact) {
    out += '=';
    append_quoted(out, node.pattern.text);
    return;
  }
  out += ':';
  if (node.kind == Node::Kind::exists) {
    out += '*';
  } else if (node.kind == Node::Kind::compare) {
    out += text_of(node.op);
    append_number(out, node.number);
  } else {
    append_pattern(out, node.pattern);
  }
}

void append_node(std::string& out, const Node& node, bool inside);

void append_children(std::string& out, const Node& node, std::string_view between, bool inside) {
  if (inside) out += '(';
  for (size_t i = 0; i < node.children.size(); ++i) {
    if (i > 0) out += between;
    append_node(out, node.children[i], node.children[i].kind == Node::Kind::or_);
  }
  if (inside) out += ')';
}

// `inside`: what needs brackets within its parent gets them.
void append_node(std::string& out, const Node& node, bool inside) {
  switch (node.kind) {
    case Node::Kind::everything:
      out += inside ? "(@message:* OR -@message:*)" : "";
      break;
    case Node::Kind::and_:
      append_children(out, node, " ", inside);
      break;
    case Node::Kind::or_:
      append_children(out, node, " OR ", inside);
      break;
    case Node::Kind::not_:
      out += '-';
      append_node(out, node.children[0], true);
      break;
    default:
      append_condition(out, node);
  }
}

}  // namespace

std::string canonical(const Node& node) {
  std::string out;
  append_node(out, node, false);
  return out;
}

}  // namespace alco::query
