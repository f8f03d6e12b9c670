#include "lib/http/access_rules.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>

#include "lib/disk.h"
#include "lib/error.h"
#include "lib/http/password.h"

namespace alco::http {
namespace {

const std::map<std::string, Right> kRights = {{"read", Right::read},
                                              {"tail", Right::tail},
                                              {"fields", Right::fields},
                                              {"save", Right::save},
                                              {"admin", Right::admin}};
constexpr unsigned kDefaultRights =
    static_cast<unsigned>(Right::read) | static_cast<unsigned>(Right::tail) | static_cast<unsigned>(Right::fields);

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// One line and where it is from, for messages.
struct Line {
  std::string place, text;
};

[[noreturn]] void refuse(const Line& line, const std::string& reason) {
  throw Error(EX_CONFIG, line.place + ": " + reason);
}

std::vector<Line> read_lines(const std::string& path) {
  const Fd fd = real_disk().open(path, O_RDONLY);
  struct stat status;
  if (fstat(fd.get(), &status) != 0) throw system_error(path, "fstat", errno);
  if (status.st_mode & (S_IWGRP | S_IRWXO)) throw Error(EX_CONFIG, path + ": others can read or change it: chmod 640");
  std::vector<Line> lines;
  size_t number = 0;
  for (std::string& text : split(real_disk().read_file(path), '\n')) {
    ++number;
    if (!text.empty() && text[0] != '#') lines.push_back({path + ":" + std::to_string(number), std::move(text)});
  }
  return lines;
}

unsigned read_rights(const Line& line, const std::string& text) {
  unsigned rights = 0;
  for (const std::string& word : split(text, ',')) {
    const auto right = kRights.find(word);
    if (right == kRights.end()) refuse(line, "'" + word + "' is none of read, tail, fields, save, admin");
    rights |= static_cast<unsigned>(right->second);
  }
  return rights;
}

std::vector<std::string> read_indexes(const Line& line, const std::string& text) {
  std::vector<std::string> patterns = split(text, ',');
  for (const std::string& pattern : patterns) {
    const std::string name = pattern.ends_with('*') ? pattern.substr(0, pattern.size() - 1) : pattern;
    if (pattern != "*" && !IndexName::parse(name)) refuse(line, "'" + pattern + "' is no name of indexes");
  }
  return patterns;
}

std::shared_ptr<const Grant> read_grant(const Line& line, const std::vector<std::string>& parts, size_t at) {
  auto grant = std::make_shared<Grant>(*default_grant());
  if (parts.size() > at && !parts[at].empty()) grant->rights = read_rights(line, parts[at]);
  if (parts.size() > at + 1 && !parts[at + 1].empty()) grant->indexes = read_indexes(line, parts[at + 1]);
  if (parts.size() > at + 2) refuse(line, "there is too much on this line");
  return grant;
}

void read_user(const Line& line, AccessRules& rules) {
  const auto parts = split(line.text, ':');
  if (parts.size() < 2 || parts[0].empty()) refuse(line, "must be NAME:HASH[:RIGHTS[:INDEXES]]");
  if (parts[1] != "-" && !is_password_hash(parts[1]))
    refuse(line, "the hash is none: make it with alco-httpd --passwd");
  if (!rules.users.emplace(parts[0], AccessRules::User{parts[1], read_grant(line, parts, 2)}).second)
    refuse(line, "this user has a line before");
}

void read_token(const Line& line, AccessRules& rules) {
  auto parts = split(line.text, ' ');
  std::erase(parts, "");
  const bool whole =
      parts.size() >= 2 && parts[1].size() == 64 && parts[1].find_first_not_of("0123456789abcdef") == std::string::npos;
  if (!whole) refuse(line, "must be NAME SHA256 [RIGHTS [INDEXES]]: make it with alco-httpd --token");
  rules.tokens.push_back({parts[0], parts[1], read_grant(line, parts, 2)});
}

}  // namespace

bool Grant::allows(const IndexName& index, Right right) const {
  if (!(rights & static_cast<unsigned>(right))) return false;
  return std::any_of(indexes.begin(), indexes.end(), [&](const std::string& pattern) {
    if (pattern.ends_with('*')) return index.str().starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
    return index.str() == pattern;
  });
}

std::shared_ptr<const Grant> full_grant() {
  static const auto grant = std::make_shared<const Grant>(Grant{~0U, {"*"}});
  return grant;
}

std::shared_ptr<const Grant> default_grant() {
  static const auto grant = std::make_shared<const Grant>(Grant{kDefaultRights, {"*"}});
  return grant;
}

AccessRules read_access_rules(const AccessOptions& options) {
  AccessRules rules;
  if (!options.users.empty())
    for (const Line& line : read_lines(options.users)) read_user(line, rules);
  if (!options.tokens.empty())
    for (const Line& line : read_lines(options.tokens)) read_token(line, rules);
  return rules;
}

}  // namespace alco::http
